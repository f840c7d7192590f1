import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiError } from '../../machinery/api-error.ts'
import type { ClusterClient } from '../../cluster/cluster-client.ts'
import type { CliContext } from '../cli-context.ts'
import type { InstancePort } from '../instance-port.ts'
import { runCli } from '../main.ts'

const bad = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web}
spec:
  hosts: [web.example.com]
  gateways: [edge]
  http:
    - directResponse: {status: 200}
`
const good = bad.replace('  gateways: [edge]\n', '')

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'weft-analyze-'))
  await mkdir(join(directory, 'app', 'inner'), { recursive: true })
  await writeFile(join(directory, 'bad.yaml'), bad)
  await writeFile(join(directory, 'broken.yaml'), 'a: [1\n')
  await writeFile(join(directory, 'app', 'inner', 'good.yaml'), good)
  await writeFile(join(directory, 'app', 'package.json'), '{"name": "x"}')
  await writeFile(join(directory, 'app', 'notes.txt'), 'a: b: c')
})
afterAll(async () => rm(directory, { recursive: true }))

const run = async (
  argv: readonly string[],
  stdin = '',
  instance: Partial<InstancePort> = {},
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
  const written = { out: '', err: '' }
  const context: CliContext = {
    instance: instance as InstancePort,
    version: '0',
    workingDirectory: directory,
    stdin: async () => stdin,
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    signal: new AbortController().signal,
  }
  return { code: await runCli(argv, context), ...written }
}

describe('weft analyze', () => {
  test('marks the place and says what to do', async () => {
    const { code, out } = await run(['analyze', 'bad.yaml'])
    expect(code).toBe(1)
    expect(out).toContain(
      'Error [IST0101] (VirtualService web bad.yaml:6:14) Referenced gateway not found: "edge"\n' +
        '  6 |   gateways: [edge]\n' +
        '    |              ^^^^\n' +
        '  fix: ',
    )
  })
  test("gives istioctl's fields as JSON, and column, path and fix", async () => {
    const { out } = await run(['analyze', '-o', 'json', '-'], bad)
    expect(JSON.parse(out)[0]).toEqual({
      code: 'IST0101',
      level: 'Error',
      origin: 'VirtualService web',
      message: 'Referenced gateway not found: "edge"',
      reference: '-:6',
      documentationUrl: 'https://istio.io/latest/docs/reference/config/analysis/ist0101/',
      column: 14,
      path: 'spec.gateways[0]',
      fix: expect.any(String),
    })
  })
  test('looks into directories, at manifests alone', async () => {
    expect(await run(['analyze', 'app'])).toMatchObject({ code: 0, out: expect.stringMatching(/^✔ No/) })
  })
  test("passes over kustomize's patches in a directory, wherever they lie", async () => {
    const overlay = join(directory, 'kustomize', 'overlay')
    await mkdir(join(overlay, 'parts'), { recursive: true })
    const patch = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 3}\n'
    const named = ['patches: [{path: parts/a.yaml}]', 'patchesStrategicMerge: [b.yaml, ../c.yaml]']
    await writeFile(join(overlay, 'kustomization.yaml'), `resources: [../base]\n${named.join('\n')}\n`)
    const patches = [join('parts', 'a.yaml'), 'b.yaml', join('..', 'c.yaml')]
    for (const name of patches) await writeFile(join(overlay, name), patch)
    expect(await run(['analyze', 'kustomize'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^✔ No/),
    })
    expect((await run(['analyze', join('kustomize', 'c.yaml')])).code).toBe(1)
  })
  test.each([
    [['--fail-on', 'never'], 0],
    [['--suppress', 'IST0101=VirtualService web'], 0],
    [['--suppress', 'IST0101=VirtualService web', '--fail-on', 'warning'], 1],
    [['--suppress', 'IST0101=*', '--suppress', 'IST0132=*', '--fail-on', 'info'], 0],
    [['--namespace', 'default'], 1],
    [['--namespace', 'other'], 1],
  ])('%j exits with %d', async (options, code) => {
    expect((await run(['analyze', 'bad.yaml', ...options])).code).toBe(code)
  })
  test.each([
    [['--use-kube=false', '-A', '-R', '-o', 'log'], 1],
    [['-k=false', '--failure-threshold', 'Warning', '-S', 'IST0101=VirtualService *'], 1],
    [['--failure-threshold', 'Error', '-S', 'IST0101=VirtualService *.default'], 0],
    [['--analyzer', 'gateway.SecretAnalyzer'], 0],
    [['-n', 'other', '-A'], 1],
  ])("istioctl's %j exits with %d", async (options, code) => {
    expect((await run(['analyze', 'bad.yaml', ...options])).code).toBe(code)
  })
  test('shows from a level on, and fails by what it does not show', async () => {
    const { code, out } = await run(['analyze', 'bad.yaml', '--output-threshold', 'error', '-o', 'json'])
    expect(code).toBe(1)
    expect(JSON.parse(out).map((one: { level: string }) => one.level)).toEqual(['Error'])
    const hidden = await run([
      ...['analyze', 'bad.yaml', '--output-threshold', 'Error', '-S', 'IST0101=*'],
      ...['--fail-on', 'warning', '-o', 'json'],
    ])
    expect(hidden).toMatchObject({ code: 1, out: '[]\n' })
  })
  test('warns of a suppressed code that there is not', async () => {
    expect((await run(['analyze', 'bad.yaml', '-S', 'IST9999=*'])).err).toMatch(
      /IST9999: there is no such code/,
    )
  })
  test('lists the analyzers', async () => {
    expect((await run(['analyze', '-L'])).out).toContain('virtualservice.GatewayAnalyzer')
  })
  test('passes over what is no manifest when told so', async () => {
    expect(await run(['analyze', 'broken.yaml', '--ignore-unknown'])).toMatchObject({ code: 0 })
  })
  test('calls objects by the namespace that is given', async () => {
    expect((await run(['analyze', 'bad.yaml', '-n', 'shop'])).out).toContain(
      '(VirtualService shop/web bad.yaml',
    )
  })
  test('reports on a namespace, and on what has none', async () => {
    const webhook = `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: istio-sidecar-injector}
webhooks:
  - {name: a.istio.io, clientConfig: {url: "https://10.1.2.3/inject"}, sideEffects: None, admissionReviewVersions: [v1]}
`
    const one = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: one}\n'
    const text = [webhook, one, one.replace('name: one', 'name: two')].join('---\n')
    const { out } = await run(['analyze', '-n', 'one', '-o', 'json', '-'], text)
    const origins = JSON.parse(out).map(
      ({ code, origin }: Record<string, string>) => `${code ?? ''} ${origin ?? ''}`,
    )
    expect(origins.sort()).toEqual([
      'IST0102 Namespace one',
      'IST0164 MutatingWebhookConfiguration istio-sidecar-injector',
    ])
  })
  test('says where a manifest cannot be read', async () => {
    const { code, out } = await run(['analyze', 'broken.yaml'])
    expect(code).toBe(1)
    expect(out).toMatch(/^Error \[WFT0001\] \(broken\.yaml:\d+:\d+\) Invalid manifest: /)
  })
  test.each([
    [['analyze', 'absent.yaml'], /cannot read absent\.yaml/],
    [['analyze', 'bad.yaml', '-o', 'xml'], /--output xml: write text, json, yaml, sarif, junit, github/],
    [['analyze', 'bad.yaml', '--fail-on', 'bad'], /--fail-on bad: write error, warning, info or never/],
    [['analyze', 'bad.yaml', '--suppress', 'IST0101'], /write CODE=RESOURCE/],
    [['analyze', '--use-kube=maybe'], /cannot read maybe/],
    [['analyze', '--use-kube=false'], /name the files/],
    [['analyze', 'bad.yaml', '--analyzer', 'gateway.SecretAnalyser'], /did you mean gateway.SecretAnalyzer/],
    [['analyze', 'bad.yaml', '--failure-threshold', 'never'], /write Info, Warning or Error/],
  ])('%j is wrong usage', async (argv, message) => {
    expect(await run(argv)).toMatchObject({ code: 2, err: expect.stringMatching(message) })
  })
})

/** A cluster with these objects, which serves their kinds alone. */
const clusterOf = (objects: Readonly<Record<string, readonly object[]>>): Partial<InstancePort> => ({
  connect: async () => {
    const client: Partial<ClusterClient> = {
      list: async ({ plural }) => {
        const items = objects[plural]
        if (items === undefined) throw new ApiError({ code: 404, reason: 'NotFound', message: plural })
        return { items: items as never, resourceVersion: '1' }
      },
      close: () => undefined,
    }
    return client as ClusterClient
  },
})

describe('weft analyze in a cluster', () => {
  const route = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { hosts: ['web.example.com'], gateways: ['edge'], http: [{ directResponse: { status: 200 } }] },
  }
  const gatewayText = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {app: none}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]
`
  const live = clusterOf({ virtualservices: [route], gateways: [] })

  test('without files, its objects are analyzed', async () => {
    const { code, out } = await run(['analyze'], '', live)
    expect(code).toBe(1)
    expect(out).toContain(
      'Error [IST0101] (VirtualService shop/web spec.gateways[0]) Referenced gateway not found: "edge"',
    )
  })
  test('its mesh configuration applies', async () => {
    const telemetry = {
      apiVersion: 'telemetry.istio.io/v1',
      kind: 'Telemetry',
      metadata: { name: 't', namespace: 'shop' },
      spec: { tracing: [{ providers: [{ name: 'old' }] }] },
    }
    const config = (mesh: string): object => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'istio', namespace: 'istio-system' },
      data: { mesh },
    })
    const said = async (mesh: string): Promise<string> =>
      (await run(['analyze'], '', clusterOf({ telemetries: [telemetry], configmaps: [config(mesh)] }))).out
    expect(await said('extensionProviders: [{name: old, lightstep: {}}]')).toContain('IST0002')
    expect(await said('{')).not.toContain('IST0002')
  })
  test('files stand beside its objects', async () => {
    const { out } = await run(['analyze', '-k', '-'], gatewayText, live)
    expect(out).not.toContain('Referenced gateway not found')
    expect(out).toContain('(Gateway shop/edge -:5:14) Referenced selector not found')
  })
  test('an object of a file stands for the live one', async () => {
    const text = JSON.stringify({ ...route, spec: { ...route.spec, gateways: ['mesh'] } })
    expect((await run(['analyze', '--with-cluster', '-'], text, live)).out).not.toContain('IST0101')
  })
  test.each(['json', 'yaml', 'sarif', 'junit', 'github'])('%s names no file', async (format) => {
    const { out } = await run(['analyze', '-o', format], '', live)
    expect(out).toContain('shop/web')
    expect(out).not.toMatch(/file=|startLine|:1:1/)
  })
})

describe('a Gateway whose servers are a map and a list', () => {
  const text = `apiVersion: networking.istio.io/v1alpha3
kind: Gateway
metadata:
  name: my-gateway
spec:
  servers:
    hosts:
    - "*"
  - Port:
      number: 80
      name: http
      protocol: Http
`
  test('the place, the reason, the lines to write, and the misspelled field', async () => {
    const { code, out } = await run(['analyze', '-'], text)
    expect(code).toBe(1)
    expect(out).toContain('Error [WFT0001] (-:6:3) Invalid manifest: `servers` must be a list')
    expect(out).toContain('  6 |   servers:\n    |   ^^^^^^^\n')
    const lines = ['- hosts: ["*"]', '  port:', '    number: 80', '    name: http', '    protocol: Http']
    expect(out).toContain(`instead of lines 7 to 12:\n${lines.map((line) => `      ${line}\n`).join('')}`)
    expect(out).toContain('unknown field `Port` in `spec.servers[0]`, did you mean `port`?')
    expect(out).not.toContain('Required value')
  })
})

describe('weft analyze --fix', () => {
  const misspelled = good.replace('directResponse', 'directRespons')
  test('shows the difference, writes, and finds nothing the second time', async () => {
    const file = join(directory, 'fix.yaml')
    await writeFile(file, misspelled)
    expect((await run(['analyze', 'fix.yaml'])).code).toBe(1)
    expect(await readFile(file, 'utf8')).toBe(misspelled)
    const { code, out, err } = await run(['analyze', '--fix', 'fix.yaml'])
    expect(err).toContain('-    - directRespons: {status: 200}\n+    - directResponse: {status: 200}\n')
    expect(await readFile(file, 'utf8')).toBe(good)
    expect({ code, out }).toMatchObject({ code: 0, out: expect.not.stringContaining('Error') })
    expect((await run(['analyze', '--fix', 'fix.yaml'])).err).toBe('')
  })
  test('does not write standard input', async () => {
    expect(await run(['analyze', '--fix', '-'], misspelled)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--fix/),
    })
  })
})

describe('weft validate', () => {
  const wrong = bad.replace('gateways: [edge]', 'gatewais: [edge]')
  test('says what is wrong with an object alone, not with its references', async () => {
    expect(await run(['validate', 'bad.yaml'])).toMatchObject({
      code: 0,
      out: '✔ Every object of bad.yaml is valid.\n',
    })
    const { code, out } = await run(['validate', '-'], wrong)
    expect(code).toBe(1)
    expect(out).toContain('unknown field `gatewais` in `spec`, did you mean `gateways`?')
  })
  test('takes formats and levels', async () => {
    const { code, out } = await run(['validate', '-o', 'github', '--fail-on', 'never', '-'], wrong)
    expect(code).toBe(0)
    expect(out).toMatch(/^::error line=6,col=3,title=WFT0002/)
    expect((await run(['validate', 'broken.yaml'])).code).toBe(1)
    expect((await run(['validate', '-o', 'xml', '-'], wrong)).code).toBe(2)
  })
  test('names what replaced an old field, and since when', async () => {
    const rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web}
spec: {host: web, trafficPolicy: {outlierDetection: {consecutiveErrors: 3}}}
`
    expect((await run(['validate', '-'], rule)).out).toContain(
      'fix: since Istio 1.5 it is consecutive5xxErrors',
    )
  })
})

describe('weft explain-code', () => {
  test('explains one code', async () => {
    const { out } = await run(['explain-code', 'ist0130'])
    expect(out).toMatch(/^IST0130 VirtualServiceUnreachableRule \(Warning\)/)
    expect(out).toContain('Reported by: schema.ValidationAnalyzer.VirtualService')
  })
  test('lists all, and helps with a slip', async () => {
    expect((await run(['explain-code'])).out).toMatch(/IST0101\s+Error\s+ReferencedResourceNotFound/)
    expect(await run(['explain-code', 'IST9999'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no code IST9999/),
    })
  })
})
