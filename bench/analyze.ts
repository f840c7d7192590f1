// How long `weft analyze` takes: one file from the prompt, and 3,000 objects in 1,000 files (a VirtualService with two
// subsets, its DestinationRule and its Service), beside `istioctl analyze --use-kube=false` where $ISTIOCTL names it.
//   npm run bench:analyze -- [files] [runs]   (after npm run build)
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endedChildrenCpuMilliseconds } from './process-cost.ts'
import { describeSamples, quantile } from './quantiles.ts'

const files = Number(process.argv[2] ?? 1000)
const runs = Number(process.argv[3] ?? 10)
const weft = fileURLToPath(new URL('../dist/src/app/weft-main.js', import.meta.url))
const istioctl = process.env['ISTIOCTL']

const manifest = (name: string): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: ${name}
  namespace: default
spec:
  hosts:
    - ${name}
  http:
    - route:
        - destination:
            host: ${name}
            subset: v1
          weight: 90
        - destination:
            host: ${name}
            subset: v2
          weight: 10
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: ${name}
  namespace: default
spec:
  host: ${name}
  subsets:
    - name: v1
      labels:
        version: v1
    - name: v2
      labels:
        version: v2
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: default
spec:
  selector:
    app: ${name}
  ports:
    - name: http
      port: 80
`

interface Cost {
  readonly elapsed: number
  readonly processor: number
}

/** A command from its start to its end; milliseconds. */
const run = (command: string, args: readonly string[]): Promise<Cost> =>
  new Promise((resolve, reject) => {
    const before = endedChildrenCpuMilliseconds()
    const start = performance.now()
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    child.once('error', reject)
    child.once('exit', (code) => {
      const elapsed = performance.now() - start
      if (code === 0) resolve({ elapsed, processor: endedChildrenCpuMilliseconds() - before })
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code ?? 'a signal'}`))
    })
  })

const measure = async (title: string, command: string, args: readonly string[]): Promise<void> => {
  const costs: Cost[] = []
  for (let count = 0; count < runs; count += 1) costs.push(await run(command, args))
  const processor = quantile(
    costs.map((cost) => cost.processor),
    0.5,
  )
  const elapsed = describeSamples(costs.map((cost) => cost.elapsed))
  console.log(`${title}: ${elapsed}; processor time p50 ${processor.toFixed(0)} ms`)
}

const folder = mkdtempSync(join(tmpdir(), 'weft-bench-analyze-'))
try {
  const names = Array.from({ length: files }, (_, index) => `app-${index}`)
  for (const name of names) writeFileSync(join(folder, `${name}.yaml`), manifest(name))
  const one = join(folder, 'app-0.yaml')
  const commands = [
    ['weft', process.execPath, [weft, 'analyze']],
    ...(istioctl === undefined
      ? []
      : [['istioctl', istioctl, ['analyze', '--use-kube=false', '-R']] as const]),
  ] as const
  for (const [name, command, args] of commands) {
    await measure(`${name}, one file`, command, [...args, one])
    await measure(`${name}, ${3 * files} objects in ${files} files`, command, [...args, folder])
  }
  await measure('node alone', process.execPath, ['-e', '0'])
} finally {
  rmSync(folder, { recursive: true, force: true })
}
