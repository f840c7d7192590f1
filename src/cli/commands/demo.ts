import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterClient } from '../../cluster/cluster-client.ts'
import { CodedError } from '../../primitives/coded-error.ts'
import type { CliContext } from '../cli-context.ts'
import { applyDemo, awaitDemo, readDemoObjects, readRoute, removeDemo } from '../demo/demo-objects.ts'
import { createAsker } from '../demo/demo-requests.ts'
import { demos, type Demo, type DemoCall } from '../demo/demos.ts'
import { createLiveText } from '../demo/live-text.ts'
import { configuredShares, splitTable } from '../demo/measured-split.ts'
import { textTable } from '../text-table.ts'

interface DemoOptions {
  readonly requests?: string
  readonly rate?: string
  readonly keep?: boolean
}

interface Pace {
  /** Of each kind of request; Infinity: until it is interrupted. */
  readonly requests: number
  /** A second. */
  readonly rate: number
}

const readNumber = (name: string, text: string | undefined, absent: number): number => {
  const number = text === undefined ? absent : Number(text)
  if (Number.isInteger(number) && number >= 0) return number
  throw new CodedError('wrong-usage', `--${name} ${text}: write a whole number`)
}

const readPace = (options: DemoOptions): Pace => {
  const requests = readNumber('requests', options.requests, 400)
  const rate = readNumber('rate', options.rate, 50)
  return { requests: requests === 0 ? Number.POSITIVE_INFINITY : requests, rate: Math.max(1, rate) }
}

/** Milliseconds between two states of the table: on a terminal, and where each state stays. */
const refresh = { terminal: 200, text: 2000 }

/** Sends the requests of one kind and shows the split as it goes. */
const measure = async (
  context: CliContext,
  client: ClusterClient,
  { demo, call, pace }: { readonly demo: Demo; readonly call: DemoCall; readonly pace: Pace },
): Promise<void> => {
  const { signal } = context
  const isTerminal = context.color === true
  const show = createLiveText(context.out, isTerminal)
  const counts = new Map<string, number>()
  const print = async (): Promise<void> =>
    show(splitTable(configuredShares(await readRoute(client, demo, signal), call), counts))
  const asker = await createAsker(context, client, demo, call)
  try {
    context.out(`\n${call.title}:\n`)
    const began = performance.now()
    let shown = began
    for (let sent = 0; sent < pace.requests && !signal.aborted; sent += 1) {
      const answer = await asker.ask(signal)
      counts.set(answer, (counts.get(answer) ?? 0) + 1)
      if (performance.now() - shown > (isTerminal ? refresh.terminal : refresh.text)) {
        await print()
        shown = performance.now()
      }
      const early = began + ((sent + 1) * 1000) / pace.rate - performance.now()
      if (early > 0) await sleep(early, undefined, { signal })
    }
    await print()
  } finally {
    asker.close()
  }
}

const perform = async (context: CliContext, client: ClusterClient, demo: Demo, pace: Pace): Promise<void> => {
  const objects = await readDemoObjects(context.instance.examplesDirectory, demo)
  context.err(`Applying examples/${demo.name} in namespace ${demo.namespace} …\n`)
  await applyDemo(client, demo, objects, context.signal)
  await awaitDemo(client, demo, context.signal)
  context.err(`VirtualService ${demo.virtualService} is Programmed.\n`)
  for (const call of demo.calls) await measure(context, client, { demo, call, pace })
}

/** After the demo, whatever became of it: as it was before. A demo that was kept is left, and how to end it is told. */
const tidy = async (
  context: CliContext,
  client: ClusterClient,
  demo: Demo,
  state: { readonly keep: boolean; readonly startedHere: boolean },
): Promise<void> => {
  if (state.keep) {
    context.err(`\nIt stays; delete it with: kubectl delete namespace ${demo.namespace}\n`)
    return
  }
  const { signal } = new AbortController()
  context.err(`\nDeleting namespace ${demo.namespace} …\n`)
  await removeDemo(client, demo, signal)
  if (state.startedHere) await context.instance.down({ purge: false }, signal)
}

const listDemos = (context: CliContext): number => {
  context.out(textTable([['NAME', 'WHAT IT SHOWS'], ...demos.map(({ name, title }) => [name, title])]))
  context.err('\nRun one: weft demo NAME\n')
  return 0
}

/** `weft demo [NAME]`: applies an example, sends requests, and shows the measured split beside the configured one. */
export const demo = async (
  context: CliContext,
  parameters: readonly string[],
  options: DemoOptions,
): Promise<number> => {
  const [name] = parameters
  if (name === undefined) return listDemos(context)
  const found = demos.find((one) => one.name === name)
  if (found === undefined)
    throw new CodedError('wrong-usage', `there is no demo ${JSON.stringify(name)}; \`weft demo\` lists them`)
  const pace = readPace(options)
  const { alreadyRunning } = await context.instance.up({}, (line) => context.err(`${line}\n`), context.signal)
  const client = await context.instance.connect()
  try {
    let isOurs = true
    try {
      await perform(context, client, found, pace)
    } catch (error) {
      isOurs = !(error instanceof CodedError && /^demo-(namespace|gateway)-taken$/.test(error.code))
      throw error
    } finally {
      if (isOurs)
        await tidy(context, client, found, { keep: options.keep === true, startedHere: !alreadyRunning })
    }
    return 0
  } finally {
    client.close()
  }
}
