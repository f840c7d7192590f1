/** Accepts SPDY/3.1 upgrades, and collects the streams of an exec or attach (k8s.io/kubelet cri/streaming/remotecommand). */
import type { IncomingMessage } from 'node:http'
import type { Duplex, Writable } from 'node:stream'
import {
  createResizeRelay,
  outcomeStatus,
  outcomeText,
  parseTerminalSize,
  type CommandStreams,
  type StreamRequest,
} from './command-streams.ts'
import { serveSpdy, type SpdySession, type SpdyStream } from './spdy-session.ts'

export const isSpdyRequest = (request: IncomingMessage): boolean =>
  request.headers.upgrade?.toLowerCase() === 'spdy/3.1'

/** The client's `X-Stream-Protocol-Version` headers in its order. */
export const offeredStreamVersions = (request: IncomingMessage): readonly string[] =>
  [request.headers['x-stream-protocol-version'] ?? []]
    .flat()
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '')

const commandVersions = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io'] as const
export type CommandVersion = (typeof commandVersions)[number]

/** The best version that both know. */
export const chooseCommandVersion = (offered: readonly string[]): CommandVersion | undefined =>
  commandVersions.find((version) => offered.includes(version))

/** Writes `101 Switching Protocols`; the socket speaks SPDY from here on. */
export const acceptSpdy = (socket: Duplex, head: Buffer, version: string): void => {
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\n' +
      'Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\n' +
      `X-Stream-Protocol-Version: ${version}\r\n\r\n`,
  )
  if (head.length > 0) socket.unshift(head)
}

/** How long the client may take to open its streams, milliseconds (the kubelet's default). */
const streamCreationTimeout = 30_000

const expectedStreams = (request: StreamRequest, version: CommandVersion): readonly string[] => [
  'error',
  ...(request.stdin ? ['stdin'] : []),
  ...(request.stdout ? ['stdout'] : []),
  ...(request.stderr && !request.tty ? ['stderr'] : []),
  ...(request.tty && version !== 'v2.channel.k8s.io' ? ['resize'] : []),
]

const ended = (writer: Writable | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (writer === undefined || writer.destroyed) return resolve()
    writer.once('close', () => resolve())
    writer.end(() => resolve())
  })

const commandStreams = (
  streams: ReadonlyMap<string, Duplex>,
  session: SpdySession,
  version: CommandVersion,
): CommandStreams => {
  const gone = new AbortController()
  session.closed.then(() => gone.abort()).catch(() => undefined)
  const relay = createResizeRelay()
  streams.get('resize')?.on('data', (bytes: Buffer) => {
    // The client writes JSON values one after the other; each write is one frame.
    const size = parseTerminalSize(bytes.toString())
    if (size !== undefined) relay.push(size)
  })
  // Nothing comes on these; reading lets them close.
  for (const name of ['error', 'stdout', 'stderr']) streams.get(name)?.resume()
  const [stdin, stdout, stderr] = ['stdin', 'stdout', 'stderr'].map((name) => streams.get(name))
  return {
    ...(stdin === undefined ? {} : { stdin }),
    ...(stdout === undefined ? {} : { stdout }),
    ...(stderr === undefined ? {} : { stderr }),
    onResize: relay.onResize,
    gone: gone.signal,
    finish: async (outcome) => {
      await Promise.all([ended(stdout), ended(stderr)])
      const error = streams.get('error')
      const report = version === 'v4.channel.k8s.io' ? outcomeStatus(outcome) : outcomeText(outcome)
      if (report !== '') error?.write(report)
      await ended(error)
      stdin?.end()
      session.close()
    },
  }
}

/** Resolves with the streams once the client has opened all of them, or with undefined when it does not in time. */
export const openSpdyStreams = (
  socket: Duplex,
  request: StreamRequest,
  version: CommandVersion,
): Promise<CommandStreams | undefined> =>
  new Promise((resolve) => {
    const streams = new Map<string, Duplex>()
    const expected = expectedStreams(request, version)
    const onStream = ({ headers, duplex }: SpdyStream): void => {
      const type = headers['streamtype'] ?? ''
      if (!expected.includes(type) || streams.has(type)) {
        duplex.destroy()
        return
      }
      streams.set(type, duplex)
      if (streams.size < expected.length) return
      clearTimeout(timer)
      resolve(commandStreams(streams, session, version))
    }
    const session = serveSpdy(socket, onStream)
    const timer = setTimeout(() => session.close(), streamCreationTimeout)
    session.closed
      .then(() => {
        clearTimeout(timer)
        resolve(undefined)
      })
      .catch(() => undefined)
  })
