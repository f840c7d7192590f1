import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { request, startInstance, walkthroughFile, type Instance } from './support/instance.ts'
import { countAnswers, expectSplit } from './support/split.ts'

/** Envoy writes its logs out every second or so. */
const WAIT = { timeout: 20_000, interval: 300 }

const namespace = ['-n', 'howto-k8s-http2']

/** The application, with App Mesh's kinds where the file is the published one. */
const application = walkthroughFile(
  '000-appmesh-to-istio/1-appmesh-manifest.yaml',
  'weighted-colors/app.yaml',
)

/** `kubectl port-forward` on a free port; resolves with the port when it listens. */
const portForward = async (
  instance: Instance,
  target: string,
): Promise<{ readonly port: number; readonly process: ChildProcess }> => {
  const process_ = spawn('kubectl', ['port-forward', ...namespace, target, ':8080'], {
    env: { ...process.env, KUBECONFIG: join(instance.home, 'kubeconfig') },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line]: readonly Buffer[] = await once(process_.stdout, 'data')
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(String(line))?.[1])
  expect(port).toBeGreaterThan(0)
  return { port, process: process_ }
}

describe('walkthrough 000: colors over h2c', () => {
  let instance: Instance
  let forward: { readonly port: number; readonly process: ChildProcess } | undefined
  beforeAll(async () => {
    instance = await startInstance()
  })
  afterAll(async () => {
    forward?.process.kill()
    await instance?.remove()
  })

  const colors = (requests: number): Promise<Readonly<Record<string, number>>> =>
    countAnswers(requests, async () => {
      const answer = await request(`http://127.0.0.1:${forward?.port}/color`)
      return answer.status === 200 ? answer.body.trim() : `status ${answer.status}`
    })

  test('without rules the three colors share evenly', async () => {
    const { kubectlOk } = instance
    await kubectlOk(['apply', '-f', application])
    const before = ['appmesh.k8s.aws/sidecarInjectorWebhook-', 'mesh-', '--overwrite']
    await kubectlOk(['label', 'namespace', 'howto-k8s-http2', ...before])
    await kubectlOk(['label', 'namespace', 'howto-k8s-http2', 'istio-injection=enabled'])
    const selector = '[{"op":"add","path":"/spec/selector","value":{"app":"color"}}]'
    await kubectlOk(['patch', 'service', 'color', ...namespace, '--type=json', '-p', selector])
    await kubectlOk(['rollout', 'restart', 'deployment', ...namespace])
    for (const name of ['client', 'red', 'blue', 'green']) {
      await kubectlOk(['rollout', 'status', `deployment/${name}`, ...namespace, '--timeout=60s'])
    }
    forward = await portForward(instance, 'deployment/client')
    expectSplit(await colors(300), { red: 1 / 3, blue: 1 / 3, green: 1 / 3 })
  })

  /** The last lines of the proxies' logs that tell of a request. */
  const accessLog = async (...pods: readonly string[]): Promise<readonly string[]> => {
    const output = await instance.kubectlOk(['logs', ...namespace, ...pods, '-c', 'istio-proxy', '--tail=50'])
    return output.split('\n').filter((line) => / "GET \/ HTTP\/2" /.test(line))
  }

  test("both ends log each request in Istio's format", async () => {
    const stamp = String.raw`^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\] "GET / HTTP/2" 200 - via_upstream - "-" 0 \d+ \d+ \d+ "-" "[^"]*" "[0-9a-f-]{36}" "color.howto-k8s-http2[^"]*:8080"`
    const address = String.raw`\d+\.\d+\.\d+\.\d+:\d+`
    const client = new RegExp(
      String.raw`${stamp} "${address}" outbound\|8080\|\|color\.howto-k8s-http2\.svc\.cluster\.local ${address} 10\.96\.\d+\.\d+:8080 ${address} - default$`,
    )
    const server = new RegExp(
      String.raw`${stamp} "${address}" inbound\|8080\|\| 127\.0\.0\.6:\d+ ${address} ${address} - default$`,
    )
    await vi.waitFor(async () => expect((await accessLog('deployment/client')).at(-1)).toMatch(client), WAIT)
    await vi.waitFor(async () => expect((await accessLog('-l', 'app=color')).at(-1)).toMatch(server), WAIT)
  })

  test('meshConfig and Telemetry switch the logs while everything runs', async () => {
    const { kubectlOk } = instance
    const mesh = [
      'accessLogFile: /dev/stdout',
      'accessLogFormat: "plain %RESPONSE_CODE%"',
      'extensionProviders: [{name: marked, envoyFileAccessLog: {logFormat: {text: "marked %RESPONSE_CODE%"}}}]',
      'bogus: 1',
    ]
    const patch = JSON.stringify({ data: { mesh: mesh.join('\n') } })
    await kubectlOk(['patch', 'configmap', 'istio', '-n', 'istio-system', '-p', patch])
    const logsOnly = (line: string): Promise<void> =>
      vi.waitFor(async () => {
        await colors(4)
        const tail = ['deployment/client', '-c', 'istio-proxy', '--tail=4']
        const lines = (await kubectlOk(['logs', ...namespace, ...tail])).split('\n')
        expect(lines).toEqual([line, line, line, line])
      }, WAIT)
    await logsOnly('plain 200')
    const about = ['--field-selector=involvedObject.name=istio']
    const events = await kubectlOk(['get', 'events', '-n', 'istio-system', ...about])
    expect(events).toContain('mesh.bogus is no field of meshConfig')
    const rule = (name: string, expression: string) => ({ providers: [{ name }], filter: { expression } })
    const telemetry = {
      apiVersion: 'telemetry.istio.io/v1',
      kind: 'Telemetry',
      metadata: { name: 'answers', namespace: 'howto-k8s-http2' },
      spec: {
        selector: { matchLabels: { app: 'client' } },
        accessLogging: [rule('marked', 'response.code == 200'), rule('envoy', 'response.code >= 400')],
      },
    }
    await kubectlOk(['apply', '-f', '-'], JSON.stringify(telemetry))
    await kubectlOk([
      'wait',
      ...namespace,
      '--for=condition=Programmed',
      'telemetry/answers',
      '--timeout=30s',
    ])
    await logsOnly('marked 200')
  })

  test('App Mesh’s objects go, and the application serves on', async () => {
    const { kubectlOk } = instance
    await kubectlOk(['delete', 'virtualnodes,virtualservices.appmesh.k8s.aws', ...namespace, '--all'])
    expect(await kubectlOk(['get', 'virtualnodes', ...namespace, '-o', 'name'])).toBe('')
    expect(Object.keys(await colors(30)).filter((color) => !/^(red|blue|green)$/.test(color))).toEqual([])
  })

  test('DestinationRule and VirtualService split 50/40/10', async () => {
    const { kubectlOk } = instance
    const rule = walkthroughFile(
      '000-appmesh-to-istio/3-istio-destinationrule.yaml',
      'weighted-colors/destination-rule.yaml',
    )
    const route = walkthroughFile(
      '000-appmesh-to-istio/4-istio-virtualservice.yaml',
      'weighted-colors/virtual-service.yaml',
    )
    await kubectlOk(['apply', '-f', rule, '-f', route])
    await kubectlOk([
      'wait',
      ...namespace,
      '--for=condition=Programmed',
      'virtualservice/color-virtual-service',
      '--timeout=30s',
    ])
    expectSplit(await colors(400), { green: 0.5, blue: 0.4, red: 0.1 })
  })
})
