import { spawn, type ChildProcess } from 'node:child_process'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { enterClusterNamespace } from '../node/network/cluster-network.ts'
import { createSocketBroker, type BrokerRequest, type SocketBroker } from './socket-broker.ts'

/** Starts and restarts `server` and `node` in the cluster's network namespace, and keeps the host's sockets for them. */
interface Part {
  readonly name: 'server' | 'node'
  readonly arguments: readonly string[]
}

const here = fileURLToPath(new URL('.', import.meta.url))

const isRequest = (message: unknown): message is BrokerRequest =>
  typeof message === 'object' &&
  message !== null &&
  'type' in message &&
  (message.type === 'open' || message.type === 'close')

const startPart = (part: Part, broker: SocketBroker, logDirectory: string): ChildProcess => {
  const log = openSync(join(logDirectory, `${part.name}.log`), 'a')
  const script = join(here, `${part.name}-main.js`)
  const [enter = '', ...namespace] = enterClusterNamespace()
  const program = [...namespace, process.execPath, ...heapLimit, script, ...part.arguments]
  const child = spawn(enter, program, { stdio: ['ignore', log, log, 'ipc'] })
  child.on('message', (message) => {
    if (!isRequest(message)) return
    const { reply, socket } = broker.handle(message)
    // The handle's class is Node's internal TCP; `send` accepts it, its type declaration does not name it.
    child.send(reply, socket as Parameters<ChildProcess['send']>[1])
  })
  return child
}

/** Small young generations keep the resident memory of idle processes down (measured in bench/). */
const heapLimit = ['--max-semi-space-size=8'] as const

/** A part that dies comes back: at once, and with growing pauses when it dies young. */
const keepRunning = (
  part: Part,
  broker: SocketBroker,
  logDirectory: string,
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve) => {
    let pause = 0
    const run = (): void => {
      const started = process.hrtime.bigint()
      const child = startPart(part, broker, logDirectory)
      const stop = (): void => {
        child.kill('SIGTERM')
      }
      signal.addEventListener('abort', stop, { once: true })
      child.on('exit', () => {
        signal.removeEventListener('abort', stop)
        if (signal.aborted) return resolve()
        const livedShortly = process.hrtime.bigint() - started < 2_000_000_000n
        pause = livedShortly ? Math.min(2000, pause * 2 + 20) : 0
        setTimeout(() => (signal.aborted ? resolve() : run()), pause)
      })
    }
    run()
  })

const main = async (): Promise<void> => {
  const [home, logDirectory] = process.argv.slice(2)
  if (home === undefined || logDirectory === undefined) throw new Error('usage: supervisor HOME LOGS')
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => stop.abort())
  const broker = createSocketBroker()
  const parts: readonly Part[] = [
    { name: 'server', arguments: [home] },
    { name: 'node', arguments: [home] },
  ]
  await Promise.all(parts.map((part) => keepRunning(part, broker, logDirectory, stop.signal)))
  broker.closeAll()
}

await main()
