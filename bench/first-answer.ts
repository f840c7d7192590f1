// From `weft up` (built, Envoy present) to the first 200 through the gateway, and what each part holds in memory then.
//   npm run bench:first-answer -- [rounds]   (as root, after npm run build)
import { describeCpu } from './process-cost.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { request, startInstance, walkthroughFile } from '../mesh-tests/support/instance.ts'

const rounds = Number(process.argv[2] ?? 3)
const file = (name: string): string =>
  walkthroughFile(`001-traffic-shifting/${name}`, `traffic-shifting/${name}`)

for (let round = 1; round <= rounds; round += 1) {
  const began = performance.now()
  const instance = await startInstance()
  const up = performance.now()
  const cpuOfUp = await describeCpu(instance.home)
  await instance.kubectlOk(['label', 'namespace', 'default', 'istio-injection=enabled'])
  const files = ['myapp.yaml', 'myapp-dr.yaml', 'myapp-gateway.yaml'].flatMap((name) => ['-f', file(name)])
  await instance.kubectlOk(['apply', ...files])
  const url = `${await instance.gatewayUrl()}/api/v1/hello`
  while ((await request(url).catch(() => ({ status: 0 }))).status !== 200) await sleep(10)
  const answered = performance.now()
  console.log(
    `round ${round}: weft up ${((up - began) / 1000).toFixed(2)} s, first 200 after ${((answered - began) / 1000).toFixed(2)} s`,
  )
  console.log(`  CPU until up: ${cpuOfUp}`)
  console.log(`  CPU until the first 200: ${await describeCpu(instance.home)}`)
  if (round === rounds) {
    await instance.kubectlOk(['rollout', 'status', 'deployment/myapp-v1'])
    await instance.kubectlOk(['rollout', 'status', 'deployment/myapp-v2'])
    console.log((await instance.weft('status')).stdout)
  }
  await instance.remove()
}
