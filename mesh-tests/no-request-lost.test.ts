import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { request, startInstance, type Instance } from './support/instance.ts'
import { startKubectl, type KubectlProcess } from './support/kubectl-process.ts'
import { startLoad, type Load } from './support/open-loop.ts'
import { pause, until } from './support/traffic.ts'

/** Requests a second, from the gateway through both sidecars of a call; a loaded machine is late and sends them all. */
const RATE = 500

const namespace = 'howto-k8s-http2'
const inNamespace = ['-n', namespace]
const example = (file: string): string =>
  fileURLToPath(new URL(`../examples/weighted-colors/${file}`, import.meta.url))

let instance: Instance
let proxy: KubectlProcess
let api: string
let load: Load

const gateway = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { name: 'colors', namespace },
  spec: {
    selector: { istio: 'ingressgateway' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
  },
}
/** The client answers HTTP/1.1: named so, requests from the gateway reach it. */
const client = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'client', namespace },
  spec: { selector: { app: 'client' }, ports: [{ name: 'http', port: 8080 }] },
}
const entry = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'entry', namespace },
  spec: {
    hosts: ['*'],
    gateways: ['colors'],
    http: [
      {
        match: [{ headers: { 'x-slow': { exact: 'yes' } } }],
        fault: { delay: { percentage: { value: 100 }, fixedDelay: '3s' } },
        route: [{ destination: { host: 'client', port: { number: 8080 } } }],
      },
      { route: [{ destination: { host: 'client', port: { number: 8080 } } }] },
    ],
  },
}

beforeAll(async () => {
  instance = await startInstance()
  const { kubectlOk, gatewayUrl } = instance
  await kubectlOk(['create', 'namespace', namespace])
  await kubectlOk(['label', 'namespace', namespace, 'istio-injection=enabled'])
  await kubectlOk(['apply', '-f', example('app.yaml')])
  const selector = '[{"op":"add","path":"/spec/selector","value":{"app":"color"}}]'
  await kubectlOk(['patch', 'service', 'color', ...inNamespace, '--type=json', '-p', selector])
  await kubectlOk(['apply', '-f', example('destination-rule.yaml'), '-f', example('virtual-service.yaml')])
  await kubectlOk(
    ['apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [client, gateway, entry] }),
  )
  for (const name of ['client', 'red', 'blue', 'green'])
    await kubectlOk(['rollout', 'status', `deployment/${name}`, ...inNamespace, '--timeout=60s'])
  await kubectlOk(['wait', '--for=condition=Programmed', 'vs', '--all', ...inNamespace, '--timeout=60s'])
  proxy = startKubectl(instance, ['proxy', '--port=0'])
  const [, address = ''] = await proxy.says(/Starting to serve on (\S+)/)
  api = `http://${address}/apis/networking.istio.io/v1/namespaces/${namespace}`
  load = startLoad(`${await gatewayUrl()}/color`, RATE, /^(red|blue|green)\s*$/)
  await until(
    () => `requests are answered: ${load.failures.slice(0, 3).join('; ')}`,
    () => load.answered() > 100,
  )
})
afterAll(async () => {
  await load?.stop()
  await proxy?.stop()
  await instance?.remove()
})

/** Replaces the spec of an Istio object. */
const set = async (path: string, spec: unknown): Promise<void> => {
  const response = await fetch(`${api}/${path}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ spec }),
  })
  expect(response.status, await response.text()).toBe(200)
}

const route = (weights: Readonly<Record<string, number>>): Promise<void> =>
  set('virtualservices/color-virtual-service', {
    http: [
      {
        route: Object.entries(weights).map(([subset, weight]) => ({
          destination: { host: 'color', subset },
          weight,
        })),
      },
    ],
  })

const subsets = (...names: readonly string[]): Promise<void> =>
  set('destinationrules/color-destination-rule', {
    subsets: names.map((name) => ({ name, labels: { version: name.replace(/-.*/, '') } })),
  })

const programmed = (): Promise<string> =>
  instance.kubectlOk([
    ...['wait', '--for=condition=Programmed', 'vs/color-virtual-service', ...inNamespace, '--timeout=60s'],
  ])

/** Runs `action`; the load goes on for a while after it, and not one request has failed. */
const nothingLost = async (what: string, action: () => Promise<void>): Promise<void> => {
  load.during(what)
  await action()
  const answered = load.answered()
  await until('requests after it', () => load.answered() + load.failures.length > answered + RATE)
  expect(load.failures.slice(0, 20)).toEqual([])
}

test('over a hundred changes of weights', async () => {
  await nothingLost('weights', async () => {
    for (let change = 1; change <= 100; change += 1) {
      const green = (change * 37) % 101
      await route({ green, blue: 100 - green })
      if (change % 10 === 0) await programmed()
    }
    await route({ green: 50, blue: 40, red: 10 })
    await programmed()
  })
})

test('over subsets that come before or after their routes, and go before or after them', async () => {
  await nothingLost('subsets', async () => {
    for (let round = 1; round <= 5; round += 1) {
      const fresh = `red-${round}`
      await subsets('green', 'blue', 'red', fresh)
      await route({ green: 50, [fresh]: 50 })
      await programmed()
      await route({ green: 50, blue: 50 })
      await subsets('green', 'blue', 'red')
      await programmed()
      const early = `blue-${round}`
      await route({ green: 50, [early]: 50 })
      await subsets('green', 'blue', 'red', early)
      await programmed()
      await subsets('green', 'blue', 'red')
      await route({ green: 50, blue: 50 })
      await programmed()
    }
    await route({ green: 50, blue: 40, red: 10 })
    await programmed()
  })
})

/** A red that listens a second and a half after it started and says nothing of its readiness. */
const lateColor = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'late', namespace },
  spec: {
    selector: { matchLabels: { app: 'color', version: 'red', start: 'late' } },
    template: {
      metadata: { labels: { app: 'color', version: 'red', start: 'late' } },
      spec: { containers: [{ name: 'app', image: 'late-color:1.0', ports: [{ containerPort: 8080 }] }] },
    },
  },
}
const lateProgram =
  'setTimeout(() => require("node:http2").createServer((_, answer) => answer.end("red")).listen(8080), 1500)'

test('over the start of a program that listens late and has no readiness probe', async () => {
  const added = await instance.weft(
    ...['image', 'add', 'late-color:1.0', '--', process.execPath, '-e', lateProgram],
  )
  expect(added.status, added.stderr).toBe(0)
  await nothingLost('late start', async () => {
    await instance.kubectlOk(['apply', '-f', '-'], JSON.stringify(lateColor))
    await instance.kubectlOk(['rollout', 'status', 'deployment/late', ...inNamespace, '--timeout=60s'])
  })
  // It is one of the reds now, and its program's own end is no part of this.
  const log = ['logs', 'deployment/late', '-c', 'istio-proxy', ...inNamespace]
  await until('it answers', async () => / 200 /.test(await instance.kubectlOk(log)))
  await instance.kubectlOk(['delete', 'deployment', 'late', ...inNamespace])
})

const rolledOut = async (): Promise<void> => {
  for (const name of ['client', 'red', 'blue', 'green'])
    await instance.kubectlOk(['rollout', 'status', `deployment/${name}`, ...inNamespace, '--timeout=120s'])
}

test('over a rolling restart of everything that a request passes', async () => {
  await nothingLost('rolling restart', async () => {
    await instance.kubectlOk(['rollout', 'restart', 'deployment', ...inNamespace])
    await rolledOut()
    const gateways = ['deployment/istio-ingressgateway', '-n', 'istio-system']
    await instance.kubectlOk(['rollout', 'restart', ...gateways])
    await instance.kubectlOk(['rollout', 'status', ...gateways, '--timeout=120s'])
  })
})

test('requests that a gateway holds when it is told to end are answered', async () => {
  const gateways = ['deployment/istio-ingressgateway', '-n', 'istio-system']
  const url = `${await instance.gatewayUrl()}/color`
  await nothingLost('slow requests', async () => {
    await instance.kubectlOk(['scale', ...gateways, '--replicas=2'])
    await instance.kubectlOk(['rollout', 'status', ...gateways, '--timeout=120s'])
    // New connections go to both in turn.
    const slow = Array.from({ length: 20 }, () => request(url, { 'x-slow': 'yes' }))
    const answers = Promise.all(slow.map((answer) => answer.then(({ status }) => status, String)))
    await pause(200)
    await instance.kubectlOk(['scale', ...gateways, '--replicas=1'])
    expect(new Set(await answers)).toEqual(new Set([200]))
  })
})

test('over a scale to 3 and back', async () => {
  await nothingLost('scale', async () => {
    await instance.kubectlOk(['scale', 'deployment', '--all', '--replicas=3', ...inNamespace])
    await rolledOut()
    await instance.kubectlOk(['scale', 'deployment', '--all', '--replicas=1', ...inNamespace])
    await rolledOut()
    await until('the pods are gone', async () => {
      const pods = await instance.kubectlOk(['get', 'pods', ...inNamespace, '-o', 'name'])
      return pods.split('\n').length === 4
    })
  })
})
