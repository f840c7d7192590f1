// What each part of an instance holds in memory: idle, and with walkthrough 001 running.
//   npm run bench:memory   (as root, after npm run build)
// Resident counts shared pages in full for everybody; proportional shares them out, so only it adds up.
import { setTimeout as sleep } from 'node:timers/promises'
import { request, startInstance, walkthroughFile, type Instance } from '../mesh-tests/support/instance.ts'
import { mebibytes, memoryOf, partName, processesOf } from './process-cost.ts'

/** Long enough for what a start allocates to be collected. */
const settleSeconds = Number(process.argv[2] ?? 20)
const file = (name: string): string =>
  walkthroughFile(`001-traffic-shifting/${name}`, `traffic-shifting/${name}`)

const report = async (instance: Instance, title: string): Promise<void> => {
  await sleep(settleSeconds * 1000)
  const parts = new Map<string, { count: number; resident: number; proportional: number }>()
  for (const { pid, command } of await processesOf(instance.home)) {
    const { resident, proportional } = memoryOf(pid)
    const part = parts.get(partName(command)) ?? { count: 0, resident: 0, proportional: 0 }
    parts.set(partName(command), {
      count: part.count + 1,
      resident: part.resident + resident,
      proportional: part.proportional + proportional,
    })
  }
  console.log(`${title}:`)
  let whole = 0
  for (const [name, { count, resident, proportional }] of parts) {
    whole += proportional
    console.log(
      `  ${`${name}${count > 1 ? ` x ${count}` : ''}`.padEnd(40)} resident ${mebibytes(resident).padStart(10)}  proportional ${mebibytes(proportional).padStart(10)}`,
    )
  }
  console.log(`  ${'all'.padEnd(40)} ${' '.repeat(19)}  proportional ${mebibytes(whole).padStart(10)}`)
}

const instance = await startInstance()
try {
  await report(instance, 'idle (ingress gateway only)')
  await instance.kubectlOk(['label', 'namespace', 'default', 'istio-injection=enabled'])
  const files = ['myapp.yaml', 'myapp-dr.yaml', 'myapp-gateway.yaml'].flatMap((name) => ['-f', file(name)])
  await instance.kubectlOk(['apply', ...files])
  for (const version of ['v1', 'v2'])
    await instance.kubectlOk(['rollout', 'status', `deployment/myapp-${version}`])
  const url = `${await instance.gatewayUrl()}/api/v1/hello`
  for (let count = 0; count < 400; count += 1) await request(url)
  await report(instance, 'walkthrough 001 after 400 requests (two pods with sidecars)')
} finally {
  await instance.remove()
}
