/** The real kubectl against this server: what a user types, and what a user sees. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKubectlRig, type KubectlRig, type Ran } from './kubectl-rig.conformance.ts'

let kubectl: KubectlRig['kubectl']
let rig: KubectlRig

// The walkthrough as published when it lies beside the checkout, else the copy of it.
const published = fileURLToPath(new URL('../../../shared/walkthroughs/001-traffic-shifting', import.meta.url))
const copied = fileURLToPath(new URL('testdata/walkthrough-001', import.meta.url))
const walkthrough = existsSync(published) ? published : copied

beforeAll(async () => {
  rig = await createKubectlRig()
  ;({ kubectl } = rig)
})
afterAll(async () => {
  await rig.close()
})

const succeeds = async (args: string, input?: string): Promise<string> => {
  const ran = await kubectl(args.split(' '), input)
  expect({ args, ...ran }).toMatchObject({ code: 0 })
  return ran.out
}

const fails = async (args: string, input?: string): Promise<Ran> => {
  const ran = await kubectl(args.split(' '), input)
  expect({ args, code: ran.code }).toEqual({ args, code: 1 })
  return ran
}

const words = (line: string | undefined): readonly string[] => (line ?? '').trim().split(/\s+/)

describe('apply', () => {
  it('creates, leaves alone and changes the walkthrough, by the client', async () => {
    const created = await succeeds(`apply -f ${walkthrough}`)
    expect(created).toContain('virtualservice.networking.istio.io/myapp created')
    expect(created).toContain('deployment.apps/myapp-v1 created')
    const again = await succeeds(`apply -f ${walkthrough}`)
    for (const line of again.trim().split('\n')) expect(line).toMatch(/ unchanged$/)
    const yaml = await succeeds('get virtualservice myapp -o yaml')
    await succeeds('apply -f -', yaml.replace('weight: 75', 'weight: 50').replace('weight: 25', 'weight: 50'))
    expect(await succeeds('get vs myapp -o jsonpath={.spec.http[0].route[*].weight}')).toBe('50 50')
    expect(await succeeds(`apply -f ${walkthrough}`)).toContain(
      'virtualservice.networking.istio.io/myapp configured',
    )
    expect(await succeeds('get vs myapp -o jsonpath={.spec.http[0].route[*].weight}')).toBe('75 25')
  })

  it('by the server: owners, and conflicts with the words that tell them', async () => {
    const config = (value: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: owned}\ndata: {x: "${value}"}\n`
    expect(await succeeds('apply --server-side -f -', config('1'))).toContain(
      'configmap/owned serverside-applied',
    )
    const { err } = await fails('apply --server-side --field-manager other -f -', config('2'))
    expect(err).toContain('Apply failed with 1 conflict: conflict with "kubectl": .data.x')
    await succeeds('apply --server-side --field-manager other --force-conflicts -f -', config('2'))
    expect(await succeeds('get cm owned -o jsonpath={.data.x}')).toBe('2')
  })

  it('keeps a field that a strategic merge does not name', async () => {
    await succeeds('scale deployment myapp-v2 --replicas=4')
    await succeeds(`apply -f ${walkthrough}/myapp.yaml`)
    await succeeds('set image deployment/myapp-v2 myapp=myapp:9')
    const replicas = await succeeds('get deployment myapp-v2 -o jsonpath={.spec.replicas}')
    expect(['1', '4']).toContain(replicas)
  })

  it('prunes a removed label and an added container by the last applied configuration', async () => {
    const pod = (extra: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: pruned, labels: {${extra}}}\ndata: {}\n`
    await succeeds('apply -f -', pod('a: b, c: d'))
    await succeeds('apply -f -', pod('a: b'))
    expect(await succeeds('get cm pruned -o jsonpath={.metadata.labels}')).toBe('{"a":"b"}')
  })
})

describe('get', () => {
  it("prints Istio's columns", async () => {
    const [head, row] = (await succeeds('get vs')).split('\n')
    expect(words(head)).toEqual(['NAME', 'GATEWAYS', 'HOSTS', 'AGE'])
    expect(words(row)).toEqual(['myapp', '["myapp-gateway"]', '["*"]', expect.stringMatching(/^\d+s$/)])
  })

  it('prints wide, yaml, json, jsonpath, custom columns and names', async () => {
    expect(await succeeds('get deployments -o wide')).toContain('SELECTOR')
    expect(await succeeds('get deployment myapp-v1 -o yaml')).toContain('kind: Deployment')
    expect(JSON.parse(await succeeds('get services -o json'))).toMatchObject({ kind: 'List' })
    expect(await succeeds('get service myapp -o jsonpath={.spec.ports[0].port}')).toBe('8080')
    expect(await succeeds('get ns -o custom-columns=N:.metadata.name')).toContain('default')
    expect(await succeeds('get deployments -o name')).toContain('deployment.apps/myapp-v1')
  })

  it('selects by label and field, over all namespaces, over several kinds', async () => {
    expect(await succeeds('get deployments -l version=v2 -o name')).toBe('deployment.apps/myapp-v2\n')
    expect(await succeeds('get deployments --field-selector metadata.name=myapp-v1 -o name')).toBe(
      'deployment.apps/myapp-v1\n',
    )
    expect(await succeeds('get deployments,vs,dr,gw -A -o name')).toContain(
      'gateway.networking.istio.io/myapp-gateway',
    )
    expect(await succeeds('get all -o name')).toContain('service/myapp')
  })

  it('watches', async () => {
    const child = rig.start(['get', 'configmaps', '--watch', '-o', 'name'])
    const lines: string[] = []
    const seen = new Promise<void>((resolve) => {
      child.stdout?.on('data', (bytes: Buffer) => {
        lines.push(bytes.toString())
        if (lines.join('').includes('configmap/watched')) resolve()
      })
    })
    await rig.rig.call('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'watched' } })
    await seen
    child.kill()
  })

  it('describes', async () => {
    expect(await succeeds('describe deployment myapp-v1')).toMatch(/StrategyType:\s+RollingUpdate/)
    expect(await succeeds('describe service myapp')).toContain('Endpoints')
    expect(await succeeds('describe vs myapp')).toContain('networking.istio.io/v1')
    expect(await succeeds('describe ns default')).toMatch(/Status:\s+Active/)
  })

  it('says what is not there', async () => {
    expect((await fails('get pod nope')).err).toBe('Error from server (NotFound): pods "nope" not found\n')
    expect((await fails('get gizmos')).err).toContain(`the server doesn't have a resource type "gizmos"`)
  })
})

describe('change', () => {
  it('labels and annotates', async () => {
    await succeeds('label namespace default istio-injection=enabled')
    expect(await succeeds('get ns -l istio-injection=enabled -o name')).toBe('namespace/default\n')
    await succeeds('annotate service myapp note=x')
    await succeeds('label namespace default istio-injection-')
  })

  it('patches three ways', async () => {
    const image = 'get deployment myapp-v1 -o jsonpath={.spec.template.spec.containers[0].image}'
    const run = (type: string, patch: string): Promise<Ran> =>
      kubectl(['patch', 'deployment', 'myapp-v1', '--type', type, '-p', patch])
    const path = '/spec/template/spec/containers/0/image'
    expect(await run('json', `[{"op":"replace","path":"${path}","value":"i:1"}]`)).toMatchObject({ code: 0 })
    expect(await succeeds(image)).toBe('i:1')
    const containers = '{"spec":{"template":{"spec":{"containers":[{"name":"myapp","image":"i:2"}]}}}}'
    expect(await run('strategic', containers)).toMatchObject({ code: 0 })
    expect(await succeeds(image)).toBe('i:2')
    expect(await run('merge', '{"metadata":{"labels":{"merged":"yes"}}}')).toMatchObject({ code: 0 })
    expect(await succeeds('get deployment -l merged=yes -o name')).toBe('deployment.apps/myapp-v1\n')
  })

  it('scales, restarts, waits, and sees a rollout end', async () => {
    await succeeds('scale deployment myapp-v1 --replicas=2')
    expect(await succeeds('get deployment myapp-v1 -o jsonpath={.spec.replicas}')).toBe('2')
    await succeeds('rollout restart deployment myapp-v1')
    const generation = Number(await succeeds('get deployment myapp-v1 -o jsonpath={.metadata.generation}'))
    const conditions = [{ type: 'Available', status: 'True', reason: 'x', message: '' }]
    const counts = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 }
    const status = JSON.stringify({ status: { observedGeneration: generation, ...counts, conditions } })
    expect(
      await kubectl([
        'patch',
        'deployment',
        'myapp-v1',
        '--subresource=status',
        '--type=merge',
        '-p',
        status,
      ]),
    ).toMatchObject({ code: 0 })
    expect(await succeeds('rollout status deployment myapp-v1 --timeout=10s')).toContain(
      'successfully rolled out',
    )
    expect(await succeeds('wait --for=condition=Available deployment/myapp-v1 --timeout=10s')).toContain(
      'condition met',
    )
  })

  it('creates, replaces and deletes', async () => {
    const manifest = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {k: v}\n'
    await succeeds('create -f -', manifest)
    expect((await fails('create -f -', manifest)).err).toContain('secrets "s" already exists')
    expect(await succeeds('get secret s -o jsonpath={.data.k}')).toBe('dg==')
    await succeeds('replace -f -', manifest)
    expect(await succeeds('delete secret s')).toContain('secret "s" deleted')
    await succeeds('delete --ignore-not-found secret s')
    expect(await succeeds('run p --image=i --dry-run=server -o name')).toBe('pod/p\n')
  })

  it('deletes a pod without a node, and all by label', async () => {
    await succeeds('run p --image=i --labels=x=y')
    expect(await succeeds('delete pods -l x=y')).toContain('pod "p" deleted')
  })
})

describe('discovery', () => {
  it('lists kinds and explains them', async () => {
    const rows = (await succeeds('api-resources')).split('\n').map(words)
    expect(rows).toContainEqual(['virtualservices', 'vs', 'networking.istio.io/v1', 'true', 'VirtualService'])
    expect(rows).toContainEqual(['pods', 'po', 'v1', 'true', 'Pod'])
    expect(await succeeds('api-versions')).toContain('networking.istio.io/v1beta1')
    expect(await succeeds('explain virtualservice.spec.http.route.weight')).toContain(
      'FIELD: weight <integer>',
    )
    expect(await succeeds('explain deployment.spec.replicas')).toContain('Number of desired pods')
    expect(await succeeds('version')).toContain('Server Version: v1.32')
  })
})

describe('what is refused', () => {
  const deployment = (spec: string): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: wrong}\nspec: ${spec}\n`
  const template = 'template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}'

  it.each([
    [
      'a wrong type',
      deployment(`{replicas: "3", selector: {matchLabels: {a: b}}, ${template}}`),
      'spec.replicas',
    ],
    [
      'an unknown field',
      deployment(`{replica: 3, selector: {matchLabels: {a: b}}, ${template}}`),
      'unknown field "spec.replica"',
    ],
    [
      'an invalid value',
      deployment(`{replicas: -3, selector: {matchLabels: {a: b}}, ${template}}`),
      'spec.replicas: Invalid value: -3',
    ],
    [
      'a virtual service for all hosts of the mesh',
      'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: wrong}\nspec: {hosts: ["*"], http: [{route: [{destination: {host: a}}]}]}\n',
      'admission webhook "validation.istio.io" denied the request: configuration is invalid',
    ],
    [
      'an unknown kind',
      'apiVersion: example.com/v1\nkind: Gizmo\nmetadata: {name: x}\n',
      'no matches for kind "Gizmo"',
    ],
  ])('%s', async (_what, manifest, message) => {
    expect((await fails('apply -f -', manifest)).err).toContain(message)
    expect((await kubectl(['get', 'deployment,vs', 'wrong'])).code).toBe(1)
  })

  it('whoever shows no certificate', async () => {
    const ran = await kubectl([
      'get',
      'pods',
      '--kubeconfig=/dev/null',
      `--server=${rig.url}`,
      '--insecure-skip-tls-verify',
      '--token=x',
    ])
    expect(ran.code).toBe(1)
    expect(ran.err).toMatch(/Unauthorized/)
  })

  it('leaves nothing in the log of the server', () => {
    expect(rig.rig.logged).toEqual([])
  })
})
