// What one request costs from the host through the load balancer's relay, the ingress gateway, the sidecar and the
// application: latency, and processor time of each part.
//   npm run bench:request-cost -- [requests]   (as root, after npm run build)
import { Agent, get } from 'node:http'
import { startInstance, walkthroughFile } from '../mesh-tests/support/instance.ts'
import { cpuMilliseconds, partName, processesOf } from './process-cost.ts'
import { quantile } from './quantiles.ts'

const requests = Number(process.argv[2] ?? 1000)
const file = (name: string): string =>
  walkthroughFile(`001-traffic-shifting/${name}`, `traffic-shifting/${name}`)

const once = (url: string, agent: Agent | false): Promise<number> =>
  new Promise((resolve, reject) => {
    const began = performance.now()
    get(url, { agent }, (response) => {
      response.resume()
      response.on('end', () =>
        response.statusCode === 200
          ? resolve(performance.now() - began)
          : reject(new Error(`${url}: ${response.statusCode}`)),
      )
    }).on('error', reject)
  })

const cpuByPart = async (home: string): Promise<ReadonlyMap<string, number>> => {
  const parts = new Map<string, number>()
  for (const { pid, command } of await processesOf(home)) {
    parts.set(partName(command), (parts.get(partName(command)) ?? 0) + cpuMilliseconds(pid))
  }
  return parts
}

const instance = await startInstance()
try {
  await instance.kubectlOk(['label', 'namespace', 'default', 'istio-injection=enabled'])
  const files = ['myapp.yaml', 'myapp-dr.yaml', 'myapp-gateway.yaml'].flatMap((name) => ['-f', file(name)])
  await instance.kubectlOk(['apply', ...files])
  for (const version of ['v1', 'v2'])
    await instance.kubectlOk(['rollout', 'status', `deployment/myapp-${version}`])
  const url = `${await instance.gatewayUrl()}/api/v1/hello`
  for (let warm = 0; warm < 200; warm += 1) await once(url, false)
  const cases = [
    ['one connection for all', new Agent({ keepAlive: true, maxSockets: 1 })],
    ['a connection each', false],
  ] as const
  for (const [title, agent] of cases) {
    const before = await cpuByPart(instance.home)
    const samples: number[] = []
    for (let sent = 0; sent < requests; sent += 1) samples.push(await once(url, agent))
    const after = await cpuByPart(instance.home)
    if (agent !== false) agent.destroy()
    const costs = [...after]
      .map(([name, cpu]) => [name, (cpu - (before.get(name) ?? 0)) / requests] as const)
      .filter(([, cost]) => cost >= 0.005)
      .map(([name, cost]) => `${name} ${cost.toFixed(2)} ms`)
    console.log(
      `${title}: p50 ${quantile(samples, 0.5).toFixed(2)} ms, p99 ${quantile(samples, 0.99).toFixed(2)} ms (n=${requests})`,
    )
    console.log(`  CPU per request: ${costs.join(', ')}`)
  }
} finally {
  await instance.remove()
}
