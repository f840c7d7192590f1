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
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.once('error', reject)
    child.once('exit', (code) => {
      const elapsed = performance.now() - start
      if (code === 0) resolve({ elapsed, processor: endedChildrenCpuMilliseconds() - before })
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code ?? 'a signal'}: ${said}`))
    })
  })

interface Measured {
  readonly title: string
  readonly costs: readonly Cost[]
}

const median = (values: readonly number[]): number => quantile(values, 0.5)

const report = ({ title, costs }: Measured): void => {
  const elapsed = costs.map((cost) => cost.elapsed)
  const processor = costs.map((cost) => cost.processor)
  console.log(
    `${title}: elapsed best ${Math.min(...elapsed).toFixed(0)}, ${describeSamples(elapsed)}; processor time best ${Math.min(...processor).toFixed(0)}, p50 ${median(processor).toFixed(0)} ms`,
  )
}

/** The ratios of runs that followed each other: what else the machine did meanwhile met both. */
const reportRatio = (one: Measured | undefined, other: Measured): void => {
  if (one === undefined) return
  const ratio = (key: keyof Cost): string =>
    median(one.costs.map((cost, round) => cost[key] / (other.costs[round]?.[key] ?? NaN))).toFixed(2)
  console.log(
    `${one.title} / ${other.title}: elapsed ${ratio('elapsed')}, processor time ${ratio('processor')} (median of ${one.costs.length} pairs)`,
  )
}

type Command = readonly [title: string, file: string, parameters: readonly string[]]

/** Every command once each round, in turn. */
const measure = async (commands: readonly Command[]): Promise<readonly Measured[]> => {
  const costs = commands.map((): Cost[] => [])
  for (let round = 0; round < runs; round += 1) {
    for (const [index, [, file, parameters]] of commands.entries()) {
      costs[index]?.push(await run(file, parameters))
    }
  }
  return commands.map(([title], index) => ({ title, costs: costs[index] ?? [] }))
}

const folder = mkdtempSync(join(tmpdir(), 'weft-bench-analyze-'))
try {
  const names = Array.from({ length: files }, (_, index) => `app-${index}`)
  for (const name of names) writeFileSync(join(folder, `${name}.yaml`), manifest(name))
  const inputs = [
    ['one file', join(folder, 'app-0.yaml')],
    [`${3 * files} objects in ${files} files`, folder],
  ] as const
  for (const [what, path] of inputs) {
    const commands: readonly Command[] = [
      [`weft, ${what}`, process.execPath, [weft, 'analyze', path]],
      ...(istioctl === undefined
        ? []
        : [[`istioctl, ${what}`, istioctl, ['analyze', '--use-kube=false', path]] as const]),
      ['node alone', process.execPath, ['-e', '0']],
    ]
    const measured = await measure(commands)
    for (const one of measured) report(one)
    for (const other of measured.slice(1)) reportRatio(measured[0], other)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
