import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { request, run, startInstance, walkthroughFile, type Instance } from './support/instance.ts'
import { countAnswers, expectSplit } from './support/split.ts'
import { until } from './support/traffic.ts'

let instance: Instance
let gateway: string
beforeAll(async () => {
  instance = await startInstance()
  gateway = await instance.gatewayUrl()
})
afterAll(() => instance?.remove())

const programmed = (object: string, namespace = 'default'): Promise<string> =>
  instance.kubectlOk(['wait', '-n', namespace, '--for=condition=Programmed', object, '--timeout=60s'])

const rolledOut = async (names: readonly string[], namespace = 'default'): Promise<void> => {
  for (const name of names)
    await instance.kubectlOk(['rollout', 'status', '-n', namespace, `deployment/${name}`, '--timeout=60s'])
}

describe('walkthrough 004: weighted colors with kube-inject', () => {
  const file = (published: string, own: string): string =>
    walkthroughFile(`004-weighted-colors/${published}`, `color-tally/${own}`)
  const shares = { crimson: 0.1, lightseagreen: 0.3, indigo: 0.6 }

  const view = async (): Promise<string> => {
    const { status, body } = await request(`${gateway}/colors`)
    return status === 200 ? (/background-color: (\w+)/.exec(body)?.[1] ?? body) : `status ${status}`
  }
  const tally = async (): Promise<unknown> => JSON.parse((await request(`${gateway}/data`)).body)

  test('kube-inject | kubectl apply -f - gives every pod its sidecar in a namespace without label', async () => {
    const injected = await instance.weft('kube-inject', '-f', file('deployment.yaml', 'app.yaml'))
    expect(injected).toMatchObject({ status: 0, stderr: '' })
    await instance.kubectlOk(['apply', '-f', file('services.yaml', 'app.yaml')])
    await instance.kubectlOk(['apply', '-f', '-'], injected.stdout)
    await instance.kubectlOk(['apply', '-f', file('gateway.yaml', 'gateway.yaml')])
    await instance.kubectlOk(['apply', '-f', file('virtualservice.yaml', 'gateway.yaml')])
    await rolledOut(['colors-v1', 'colors-v2', 'colors-v3', 'logger-backend', 'logger-frontend'])
    // Where the files are our own, the first of the applies made pods without sidecar: they go.
    await until('only pods with sidecar', async () => {
      const pods = await instance.kubectlOk(['get', 'pods', '--no-headers'])
      return pods.split('\n').every((line) => /\s2\/2\s+Running\s/.test(line))
    })
  })

  test('without weights the colors share evenly; the page has the tally', async () => {
    await programmed('virtualservice/colors')
    expect((await request(`${gateway}/`)).body).toContain('Delete Logs')
    const counts = await countAnswers(150, view)
    expectSplit(counts, { crimson: 1 / 3, lightseagreen: 1 / 3, indigo: 1 / 3 })
    await expect.poll(tally, { timeout: 10_000 }).toEqual(counts)
  })

  test('with weights 10/30/60, after Delete Logs', async () => {
    await instance.kubectlOk(['apply', '-f', file('destinationrule.yaml', 'weights.yaml')])
    await programmed('virtualservice/colors')
    expect((await run('curl', ['-sf', '-X', 'DELETE', `${gateway}/data`])).stdout).toBe('OK')
    const counts = await countAnswers(400, view)
    expectSplit(counts, shares)
    await expect.poll(tally, { timeout: 10_000 }).toEqual(counts)
  })
})

/** Runs a shell script in a pod of a namespace. */
const inPod = async (namespace: string, pod: string, container: string, script: string): Promise<string> =>
  instance.kubectlOk(['exec', '-n', namespace, pod, '-c', container, '--', 'sh', '-c', script])

const countLines = (text: string): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const line of text.split('\n')) counts[line] = (counts[line] ?? 0) + 1
  return counts
}

describe('walkthrough 002: a canary of pages, on a port named apache', () => {
  const folder = 'traffic-management/request-routing'
  const published = (name: string): string => `002-canary-with-hpa/${name}`
  const debugPod = walkthroughFile(published('debug-pod.yaml'), 'canary/debug-pod.yaml')
  const inDebug = (script: string): Promise<string> => inPod('namespace-1', 'debug', 'ubuntu', script)

  test('as published but for the autoscaler: both versions run with their sidecars', async () => {
    const files = ['app.yaml', 'weights.yaml'].map((own) =>
      walkthroughFile(published(folder), `canary/${own}`),
    )
    const named = [...new Set(files)].flatMap((file) => ['-f', file])
    const applied = await instance.kubectl(['apply', '--recursive', ...named])
    // What nothing serves is refused alone.
    expect(
      applied.stderr.replaceAll(/.*HorizontalPodAutoscaler.*\n?|ensure CRDs are installed first\n?/g, ''),
    ).toBe('')
    await instance.kubectlOk(['apply', '-f', debugPod])
    await rolledOut(['app-1-v1', 'app-1-v2'], 'namespace-1')
    await instance.kubectlOk([
      'wait',
      '-n',
      'namespace-1',
      '--for=condition=Ready',
      'pod/debug',
      '--timeout=60s',
    ])
    await programmed('virtualservice/app-1', 'namespace-1')
  })

  /** The pods have no readiness probe, and 60m of a processor to start with. */
  const bothAnswer = async (): Promise<boolean> => {
    const jsonpath = 'jsonpath={.items[*].status.podIP}'
    const ips = await instance.kubectlOk([
      'get',
      'pods',
      '-n',
      'namespace-1',
      '-l',
      'app=app-1',
      '-o',
      jsonpath,
    ])
    const urls = ips.split(' ').map((ip) => `http://${ip}:8080/`)
    return (await inDebug(`curl -sf ${urls.join(' ')} | grep -c Hello || true`)) === '2'
  }

  test('nine of ten requests are answered by version 1', async () => {
    await until('both versions answer', bothAnswer)
    const dig = await inDebug(
      'command -v dig >/dev/null && dig +short app-1.namespace-1.svc.cluster.local || true',
    )
    const address = await instance.kubectlOk([
      'get',
      'service',
      'app-1',
      '-n',
      'namespace-1',
      '-o',
      'jsonpath={.spec.clusterIP}',
    ])
    expect(['', address]).toContain(dig)
    const pages = await inDebug(
      "curl -s 'http://app-1.namespace-1.svc.cluster.local/?[1-300]' | sed -n 's/.*\\(Hello World v.!\\).*/\\1/p'",
    )
    expect(pages.split('\n')).toHaveLength(300)
    expectSplit(countLines(pages), { 'Hello World v1!': 0.9, 'Hello World v2!': 0.1 })
  })

  test('the load Job runs to its end beside its sidecar, and its report counts the answers', async () => {
    const file = walkthroughFile(published('load-job.yaml'), 'canary/load-job.yaml')
    const job = readFileSync(file, 'utf8')
    expect(job).toContain('-t=5m')
    // As published, but for 300 calls instead of five minutes.
    await instance.kubectlOk(['apply', '-f', '-'], job.replace('-t=5m', '-n=300'))
    await instance.kubectlOk([
      'wait',
      '-n',
      'namespace-1',
      '--for=condition=complete',
      'job/load',
      '--timeout=60s',
    ])
    const report = await instance.kubectlOk(['logs', '-n', 'namespace-1', 'job/load', '-c', 'fortio'])
    expect(report).toMatch(/^Code 200 : 300 \(100\.0 %\)$/m)
    expect(report).toMatch(/^All done 300 calls \(plus 0 warmup\)/m)
  })
})

describe('walkthrough 003: traffic management', () => {
  const namespace = ['-n', 'dark-launch']
  const apply = (published: string, own: string): Promise<string> =>
    instance.kubectlOk([
      'apply',
      ...namespace,
      '-f',
      walkthroughFile(`003-traffic-management/${published}`, `dark-launch/${own}`),
    ])

  /** The versions that answered so many calls from the client's pod. */
  const versions = async (
    host: string,
    calls: number,
    header = '',
  ): Promise<Readonly<Record<string, number>>> => {
    const curl = `curl -s -w '\\n' ${header} 'http://${host}:9080/reviews/[1-${calls}]'`
    const script = `${curl} | sed 's/.*"podname":"\\(reviews-v[0-9]\\).*/\\1/'`
    return countLines(await inPod('dark-launch', 'deployment/client', 'curl', script))
  }

  test('1: all traffic to version 2', async () => {
    await instance.kubectlOk(['apply', '-f', walkthroughFile('none', 'dark-launch/app.yaml')])
    await instance.kubectlOk([
      'apply',
      ...namespace,
      '-f',
      walkthroughFile('none', 'dark-launch/destination-rules.yaml'),
    ])
    await rolledOut(['client', 'ratings-v1', 'reviews-v1', 'reviews-v2'], 'dark-launch')
    await apply('1-subset-v2.yaml', 'one-version.yaml')
    await programmed('virtualservice/my-virtualservice', 'dark-launch')
    expect(await versions('my-host', 30)).toEqual({ 'reviews-v2': 30 })
  })

  test('2: a dark launch is seen by the tester alone', async () => {
    await apply('2-dark-launch.yaml', 'dark-launch.yaml')
    await programmed('virtualservice/reviews', 'dark-launch')
    expect(await versions('reviews', 30)).toEqual({ 'reviews-v1': 30 })
    expect(await versions('reviews', 30, "-H 'end-user: tester'")).toEqual({ 'reviews-v2': 30 })
    expect(await versions('reviews', 30, "-H 'end-user: somebody'")).toEqual({ 'reviews-v1': 30 })
  })

  test('5: a canary with three quarters of the traffic', async () => {
    await apply('5-canary.yaml', 'canary.yaml')
    await programmed('virtualservice/myapp', 'dark-launch')
    expectSplit(await versions('myapp', 300), { 'reviews-v1': 0.25, 'reviews-v2': 0.75 })
  })
})
