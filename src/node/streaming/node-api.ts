/** The node's HTTP API as the kubelet has it: logs, exec, attach and port-forward, for the API server to pass on. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FailureStatus } from '../../machinery/api-error.ts'
import { statusObject } from '../../machinery/api-error.ts'
import type { Clock } from '../../primitives/clock.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import type { Result } from '../../primitives/result.ts'
import type { Log } from '../../primitives/log.ts'
import type { Summarize } from '../stats/summary.ts'
import type { ContainerAccess, ContainerName } from '../ports.ts'
import type { CommandStreams, StreamRequest } from './command-streams.ts'
import { parseLogOptions, sendLog } from './container-logs.ts'
import {
  forwardChannels,
  forwardSpdy,
  forwardTunnel,
  parsePorts,
  type ForwardTarget,
} from './port-forward.ts'
import { runAttach } from './run-attach.ts'
import { runExec } from './run-exec.ts'
import {
  acceptSpdy,
  chooseCommandVersion,
  isSpdyRequest,
  offeredStreamVersions,
  openSpdyStreams,
} from './spdy-upgrade.ts'
import { parseNodePath, type NodePath } from './node-path.ts'
import { acceptWebSocket, isWebSocketRequest, offeredProtocols } from './websocket-upgrade.ts'
import { chooseChannelProtocol, openChannelStreams } from './websocket-channels.ts'

export interface NodeApiOptions {
  readonly containers: ContainerAccess
  /** What the node and its containers use, as the kubelet says it. */
  readonly summary: Summarize
  readonly clock: Clock
  readonly log: Log
  /** The source address of forwarded ports (ClusterAddresses.portForward). */
  readonly portForwardSource: string
  /** The absolute path of Python 3, for terminals. */
  readonly python: string
}

interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly query: URLSearchParams
}

const failure = (code: number, reason: string, message: string): FailureStatus => ({ code, reason, message })

const notUpgraded = failure(400, 'BadRequest', 'Upgrade request required')

/** Before the upgrade a failure is an HTTP response; clients print a text as it is. */
const refuse = (socket: Duplex, { code, message }: FailureStatus): void => {
  const reason =
    code === 404
      ? 'Not Found'
      : code === 500
        ? 'Internal Server Error'
        : code === 403
          ? 'Forbidden'
          : 'Bad Request'
  socket.end(
    `HTTP/1.1 ${code} ${reason}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`,
  )
}

const answerFailure = (response: ServerResponse, status: FailureStatus): void => {
  const body = JSON.stringify(statusObject(status))
  response.writeHead(status.code, { 'content-type': 'application/json' }).end(body)
}

/** The kubelet's names of the parameters, and the API's. */
const flag = (query: URLSearchParams, ...names: readonly string[]): boolean =>
  names.some((name) => ['1', 'true'].includes(query.get(name) ?? ''))

const streamRequest = (query: URLSearchParams): StreamRequest | undefined => {
  const tty = flag(query, 'tty')
  const request = {
    stdin: flag(query, 'input', 'stdin'),
    stdout: flag(query, 'output', 'stdout'),
    stderr: flag(query, 'error', 'stderr') && !tty,
    tty,
  }
  return request.stdin || request.stdout || request.stderr ? request : undefined
}

const unknownProtocol = (offered: readonly string[]): FailureStatus =>
  failure(
    403,
    'Forbidden',
    `unable to upgrade: unable to negotiate protocol: client supports ${JSON.stringify(offered)}`,
  )

/** The client's streams over the protocol that it asked for; undefined when it was refused or went away. */
const openStreams = async (
  { request, socket, head }: Upgrade,
  wanted: StreamRequest,
): Promise<CommandStreams | undefined> => {
  if (isWebSocketRequest(request)) {
    const offered = offeredProtocols(request)
    const protocol = chooseChannelProtocol(offered)
    if (protocol === undefined) {
      refuse(socket, unknownProtocol(offered))
      return undefined
    }
    return openChannelStreams(await acceptWebSocket(request, socket, head, protocol.name), protocol, wanted)
  }
  const offered = offeredStreamVersions(request)
  const version = chooseCommandVersion(offered)
  if (version === undefined) {
    refuse(socket, unknownProtocol(offered))
    return undefined
  }
  acceptSpdy(socket, head, version)
  return openSpdyStreams(socket, wanted, version)
}

/** Finds what the command needs before it answers, so that a missing container is a plain HTTP failure. */
const command = async <T>(
  upgrade: Upgrade,
  found: Result<T, FailureStatus>,
  run: (value: T, streams: CommandStreams, wanted: StreamRequest) => Promise<void>,
): Promise<void> => {
  if (!found.ok) return refuse(upgrade.socket, found.error)
  const wanted = streamRequest(upgrade.query)
  if (wanted === undefined) {
    return refuse(
      upgrade.socket,
      failure(400, 'BadRequest', 'you must specify at least 1 of stdin, stdout, stderr'),
    )
  }
  const streams = await openStreams(upgrade, wanted)
  if (streams !== undefined) await run(found.value, streams, wanted)
}

const exec = async (name: ContainerName, upgrade: Upgrade, options: NodeApiOptions): Promise<void> => {
  const words = upgrade.query.getAll('command')
  if (words.length === 0) {
    return refuse(upgrade.socket, failure(400, 'BadRequest', 'you must specify at least 1 command'))
  }
  const tty = flag(upgrade.query, 'tty')
  const found = await options.containers.command(name, { command: words, tty })
  await command(upgrade, found, (value, streams) => runExec(value, streams, { tty, python: options.python }))
}

const attach = async (name: ContainerName, upgrade: Upgrade, options: NodeApiOptions): Promise<void> => {
  await command(upgrade, await options.containers.attachment(name), runAttach)
}

const tunnelProtocol = 'SPDY/3.1+portforward.k8s.io'
const forwardVersion = 'portforward.k8s.io'

const portForward = async (
  { namespace, pod }: Extract<NodePath, { kind: 'port-forward' }>,
  upgrade: Upgrade,
  options: NodeApiOptions,
): Promise<void> => {
  const { request, socket, head, query } = upgrade
  const found = await options.containers.address(namespace, pod)
  if (!found.ok) return refuse(socket, found.error)
  const target: ForwardTarget = {
    pod: found.value,
    name: `${pod}_${namespace}`,
    source: options.portForwardSource,
  }
  if (!isWebSocketRequest(request)) {
    const offered = offeredStreamVersions(request)
    if (!offered.includes(forwardVersion)) return refuse(socket, unknownProtocol(offered))
    acceptSpdy(socket, head, forwardVersion)
    return forwardSpdy(socket, target)
  }
  const offered = offeredProtocols(request)
  if (offered.includes(tunnelProtocol)) {
    return forwardTunnel(await acceptWebSocket(request, socket, head, tunnelProtocol), target)
  }
  // Channels that close one by one are for commands: of a client that offers those first the next one is taken.
  const protocol = chooseChannelProtocol(offered.filter((name) => name !== 'v5.channel.k8s.io'))
  const isOnlyForCommands = offered.length > 0 && protocol?.name === undefined
  if (protocol === undefined || isOnlyForCommands) return refuse(socket, unknownProtocol(offered))
  const ports = parsePorts(query)
  if (ports === undefined) {
    return refuse(
      socket,
      failure(400, 'BadRequest', 'query parameter "ports" is required: numbers from 1 to 65535'),
    )
  }
  return forwardChannels(await acceptWebSocket(request, socket, head, protocol.name), protocol, ports, target)
}

const upgradeTo = async (
  path: NodePath | undefined,
  upgrade: Upgrade,
  options: NodeApiOptions,
): Promise<void> => {
  if (!isWebSocketRequest(upgrade.request) && !isSpdyRequest(upgrade.request)) {
    return refuse(upgrade.socket, notUpgraded)
  }
  switch (path?.kind) {
    case 'exec':
      return exec(path, upgrade, options)
    case 'attach':
      return attach(path, upgrade, options)
    case 'port-forward':
      return portForward(path, upgrade, options)
    case 'logs':
    case 'healthz':
    case 'stats':
    case undefined:
      return refuse(upgrade.socket, failure(404, 'NotFound', '404 page not found'))
  }
}

const logs = async (
  name: ContainerName,
  query: URLSearchParams,
  response: ServerResponse,
  options: NodeApiOptions,
): Promise<void> => {
  const selection = parseLogOptions(query, options.clock.now())
  if (!selection.ok) return answerFailure(response, failure(400, 'BadRequest', selection.error))
  const found = await options.containers.log(name, { previous: selection.value.previous })
  if (!found.ok) return answerFailure(response, found.error)
  await sendLog(found.value, selection.value, response)
}

const answerSummary = async (response: ServerResponse, options: NodeApiOptions): Promise<void> => {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const summary = await options.summary(gone.signal)
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(summary))
}

const answer = async (url: URL, response: ServerResponse, options: NodeApiOptions): Promise<void> => {
  const path = parseNodePath(url.pathname)
  switch (path?.kind) {
    case 'logs':
      return logs(path, url.searchParams, response, options)
    case 'healthz':
      response.end('ok')
      return
    case 'stats':
      return answerSummary(response, options)
    case 'exec':
    case 'attach':
    case 'port-forward':
      return answerFailure(response, notUpgraded)
    case undefined:
      return answerFailure(response, failure(404, 'NotFound', '404 page not found'))
  }
}

/** The server, not yet listening: the caller binds it to a Unix socket. */
export const createNodeApi = (options: NodeApiOptions): Server => {
  const urlOf = (request: IncomingMessage): URL => new URL(request.url ?? '/', 'http://node')
  const server = createServer((request, response) => {
    answer(urlOf(request), response, options).catch((error: unknown) => {
      options.log('node API request failed', { url: request.url, error: messageOf(error) })
      if (response.headersSent) response.destroy()
      else answerFailure(response, failure(500, 'InternalError', messageOf(error)))
    })
  })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined)
    const url = urlOf(request)
    const upgrade = { request, socket, head, query: url.searchParams }
    upgradeTo(parseNodePath(url.pathname), upgrade, options).catch((error: unknown) => {
      options.log('node API stream failed', { url: request.url, error: messageOf(error) })
      socket.destroy()
    })
  })
  return server
}
