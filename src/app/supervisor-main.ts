import { spawn, type ChildProcess } from 'node:child_process'
import { openSync, readFileSync, rmSync } from 'node:fs'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { enterClusterNamespace } from '../node/network/cluster-network.ts'
import { createDnsForwarder, resolversIn } from '../node/network/dns-forwarder.ts'
import { createGate } from '../node/network/outside/gate.ts'
import { withTransparentSocket } from '../node/network/outside/transparent-socket.ts'
import { messageOf } from '../primitives/coded-error.ts'
import type { Log } from '../primitives/log.ts'
import { findProgram } from './host-programs.ts'
import { instanceAddresses } from './instance-addresses.ts'
import { readInstanceConfig } from './instance-config.ts'
import { instanceHome, instanceSockets } from './instance-home.ts'
import { keepRunning } from './keep-running.ts'
import { createLog } from './log.ts'
import { endOrphans } from './orphaned-parts.ts'
import { forgetEnds, recordEnd, YOUNG } from './part-ends.ts'
import { createSocketBroker, type BrokerRequest, type SocketBroker } from './socket-broker.ts'

/** Starts and restarts `server` and `node` in the cluster's network namespace, and keeps the host's sockets for them. */
interface Part {
  readonly name: 'server' | 'node'
  readonly arguments: readonly string[]
}

const here = fileURLToPath(new URL('.', import.meta.url))

const scriptOf = (part: Part): string => join(here, `${part.name}-main.js`)

const isRequest = (message: unknown): message is BrokerRequest =>
  typeof message === 'object' &&
  message !== null &&
  'type' in message &&
  (message.type === 'open' || message.type === 'close')

interface PartSurroundings {
  readonly broker: SocketBroker
  readonly logDirectory: string
  /** Absolute path of Python 3, if the host has it. */
  readonly python: string | undefined
}

const startPart = (part: Part, { broker, logDirectory, python }: PartSurroundings): ChildProcess => {
  const log = openSync(join(logDirectory, `${part.name}.log`), 'a')
  const [enter = '', ...namespace] = enterClusterNamespace()
  const own = [process.execPath, ...heapLimit, scriptOf(part), ...part.arguments]
  const program = part.name === 'node' && python !== undefined ? withTransparentSocket(python, own) : own
  const child = spawn(enter, [...namespace, ...program], { stdio: ['ignore', log, log, 'ipc'] })
  child.on('message', (message) => {
    if (!isRequest(message)) return
    const { reply, socket } = broker.handle(message)
    // The handle's class is Node's internal TCP; `send` accepts it, its type declaration does not name it.
    child.send(reply, socket as Parameters<ChildProcess['send']>[1])
  })
  return child
}

/** Where the init passes on the API server's socket (instance-process.ts). */
const inheritedApiSocket = 3

/** Small young generations keep the resident memory of idle processes down (measured in bench/). */
const heapLimit = ['--max-semi-space-size=8'] as const

/** The host's own resolvers as they are now: a laptop's change with its network. */
const hostResolvers = (): readonly string[] => {
  try {
    return resolversIn(readFileSync('/etc/resolv.conf', 'utf8'))
  } catch {
    return []
  }
}

const openGate = async (log: Log): Promise<Server> => {
  const gate = createGate({ forward: createDnsForwarder(hostResolvers) })
  gate.on('error', (error) => log('the gate to the outside failed', { error: messageOf(error) }))
  // A supervisor that was killed leaves its socket's file behind.
  rmSync(instanceSockets.gate, { force: true })
  await new Promise<void>(
    (resolve) => void gate.once('error', () => resolve()).listen(instanceSockets.gate, resolve),
  )
  return gate
}

const main = async (): Promise<void> => {
  const [home, logDirectory] = process.argv.slice(2)
  if (home === undefined || logDirectory === undefined) throw new Error('usage: supervisor HOME LOGS')
  const log = createLog('supervisor', (line) => void process.stderr.write(line))
  const { ends: directory } = instanceHome(home)
  const { searchPath } = await readInstanceConfig(instanceHome(home))
  const python = findProgram('python3', searchPath)
  if (python === undefined) log('no python3: pods reach nothing outside over TCP', { searchPath })
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => stop.abort())
  const { api, apiPort } = instanceAddresses(home)
  const broker = createSocketBroker({ address: api, port: apiPort, fd: inheritedApiSocket })
  const parts: readonly Part[] = [
    { name: 'server', arguments: [home] },
    { name: 'node', arguments: [home] },
  ]
  setTimeout(() => forgetEnds(directory, 'supervisor'), YOUNG).unref()
  await endOrphans(parts.map(scriptOf))
  const gate = await openGate(log)
  const keep = (part: Part): Promise<void> =>
    keepRunning(
      {
        part: part.name,
        start: () => startPart(part, { broker, logDirectory, python }),
        now: () => performance.now(),
        ended: (ends) => {
          log(`${part.name} ended`, { status: ends.status, youngEnds: ends.count })
          if (ends.count > 0) recordEnd(directory, ends)
        },
        lives: () => forgetEnds(directory, part.name),
      },
      stop.signal,
    )
  await Promise.all(parts.map(keep))
  broker.closeAll()
  gate.close()
}

await main()
