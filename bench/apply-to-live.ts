// From `kubectl apply` to the first request that the new rule answers, while requests run all the time.
// Beside it, in the same run: what kubectl itself takes for a dry run of the same file, so that the ratio compares.
//   npm run bench:apply-to-live -- [changes]   (as root, after npm run build)
import { setTimeout as sleep } from 'node:timers/promises'
import { request, startInstance, walkthroughFile } from '../mesh-tests/support/instance.ts'
import { describeSamples, quantile } from './quantiles.ts'

const changes = Number(process.argv[2] ?? 100)
const file = (name: string): string =>
  walkthroughFile(`001-traffic-shifting/${name}`, `traffic-shifting/${name}`)

const route = (subset: string): string => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: myapp, namespace: default }
spec:
  hosts: ['*']
  gateways: [myapp-gateway]
  http:
    - match: [{ uri: { exact: /api/v1/hello } }]
      route: [{ destination: { host: myapp, port: { number: 8080 }, subset: ${subset} } }]
`

const instance = await startInstance()
try {
  await instance.kubectlOk(['label', 'namespace', 'default', 'istio-injection=enabled'])
  const files = ['myapp.yaml', 'myapp-dr.yaml', 'myapp-gateway.yaml'].flatMap((name) => ['-f', file(name)])
  await instance.kubectlOk(['apply', ...files])
  for (const version of ['v1', 'v2'])
    await instance.kubectlOk(['rollout', 'status', `deployment/myapp-${version}`])
  await instance.kubectlOk(['apply', '-f', '-'], route('v1'))
  const url = `${await instance.gatewayUrl()}/api/v1/hello`
  const whole: number[] = []
  const afterKubectl: number[] = []
  const dryRuns: number[] = []
  for (let change = 0; change < changes; change += 1) {
    const version = change % 2 === 0 ? 2 : 1
    const dryBegan = performance.now()
    await instance.kubectlOk(['apply', '--dry-run=server', '-f', '-'], route(`v${version}`))
    dryRuns.push(performance.now() - dryBegan)
    const began = performance.now()
    let returned = Number.POSITIVE_INFINITY
    const applied = instance
      .kubectlOk(['apply', '-f', '-'], route(`v${version}`))
      .then(() => (returned = performance.now()))
    while (!(await request(url)).body.includes(`version ${version}`)) await sleep(1)
    const live = performance.now()
    await applied
    whole.push(live - began)
    afterKubectl.push(Math.max(0, live - returned))
  }
  console.log(`apply to answered by the new rule      ${describeSamples(whole)}`)
  console.log(`kubectl apply --dry-run=server alone   ${describeSamples(dryRuns)}`)
  console.log(`new rule answered after kubectl's end  ${describeSamples(afterKubectl)}`)
  console.log(
    `ratio of the medians, apply to live : dry run  ${(quantile(whole, 0.5) / quantile(dryRuns, 0.5)).toFixed(2)}`,
  )
} finally {
  await instance.remove()
}
