/** The cluster's DNS server: UDP and TCP on the cluster's DNS address, answers from the registry of services. */
import { createSocket, type Socket as DatagramSocket } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'
import { decode, encode } from 'dns-packet'
import { CodedError, messageOf } from '../../primitives/coded-error.ts'
import type { Log } from '../../primitives/log.ts'
import type { DnsForwarder } from './dns-forwarder.ts'
import {
  answerResponse,
  failureResponse,
  fitDatagram,
  parseQuery,
  unreadableResponse,
  type DnsQuery,
} from './dns-message.ts'
import { answerQuestion, type DnsAnswer, type DnsData, type DnsRecord } from './dns-records.ts'

export interface ClusterDnsOptions {
  readonly data: DnsData
  readonly address: string
  /** 53 unless a test says otherwise. */
  readonly port?: number
  readonly forward: DnsForwarder
  /** A number in [0, 1): the order of several addresses is turned by it. */
  readonly random: () => number
  readonly log: Log
}

interface Response {
  readonly bytes: Buffer
  /** Absent when the query could not be read. */
  readonly query?: DnsQuery
}

const tcpIdle = 10_000

/** Clients that take the first address only are spread over all of them. */
const rotate = (records: readonly DnsRecord[], random: () => number): readonly DnsRecord[] => {
  const start = Math.floor(random() * records.length)
  return [...records.slice(start), ...records.slice(0, start)]
}

/** Libc does not follow a CNAME itself: an ExternalName's addresses come with it where they can be known. */
const followAlias = async (
  answer: DnsAnswer,
  query: DnsQuery,
  options: ClusterDnsOptions,
  signal: AbortSignal,
): Promise<{ readonly answer: DnsAnswer; readonly foreign: Buffer | undefined }> => {
  const [alias] = answer.answers
  const { type } = query.question
  if (alias?.type !== 'CNAME' || type === 'CNAME') return { answer, foreign: undefined }
  const inside = answerQuestion({ name: alias.target, type }, options.data)
  if (inside !== undefined) {
    return { answer: { ...answer, answers: [...answer.answers, ...inside.answers] }, foreign: undefined }
  }
  const outside = encode({
    type: 'query',
    id: query.id,
    flags: 0x100,
    questions: [{ name: alias.target, type: type === 'AAAA' ? 'AAAA' : 'A' }],
  })
  return { answer, foreign: await options.forward(outside, signal) }
}

/**
 * Names that nobody outside could know, for when no resolver answers: of one label (a mistyped service) and addresses
 * of the cluster. NXDOMAIN ends the search at once; on SERVFAIL libc tries again.
 */
const isLocalMatter = (name: string): boolean =>
  !name.includes('.') || name.toLowerCase().endsWith('.in-addr.arpa')

const respond = async (
  bytes: Buffer,
  options: ClusterDnsOptions,
  signal: AbortSignal,
): Promise<Response | undefined> => {
  const parsed = parseQuery(bytes)
  if (!parsed.ok) {
    return parsed.id === undefined ? undefined : { bytes: unreadableResponse(parsed.id, parsed.code) }
  }
  const { query } = parsed
  if (query.question.class !== 'IN') return { bytes: failureResponse(query, 'REFUSED'), query }
  const found = answerQuestion(query.question, options.data)
  if (found === undefined) {
    const forwarded = await options.forward(bytes, signal)
    const code = isLocalMatter(query.question.name) ? 'NXDOMAIN' : 'SERVFAIL'
    return { bytes: forwarded ?? failureResponse(query, code), query }
  }
  const { answer, foreign } = await followAlias(found, query, options, signal)
  const response = answerResponse(query, { ...answer, answers: turn(answer, options.random) }, options.data)
  if (foreign === undefined) return { bytes: response, query }
  const own = decode(response)
  return {
    bytes: encode({ ...own, answers: [...(own.answers ?? []), ...(decode(foreign).answers ?? [])] }),
    query,
  }
}

const turn = (answer: DnsAnswer, random: () => number): readonly DnsRecord[] =>
  answer.answers.every((record) => record.type === 'A') ? rotate(answer.answers, random) : answer.answers

const serveDatagrams = (socket: DatagramSocket, options: ClusterDnsOptions, signal: AbortSignal): void => {
  const answerDatagram = async (bytes: Buffer, port: number, address: string): Promise<void> => {
    const response = await respond(bytes, options, signal)
    if (response === undefined || signal.aborted) return
    const { query } = response
    socket.send(query === undefined ? response.bytes : fitDatagram(response.bytes, query), port, address)
  }
  socket.on('message', (bytes, from) => {
    answerDatagram(bytes, from.port, from.address).catch((error: unknown) => {
      options.log('DNS query failed', { error: messageOf(error) })
    })
  })
}

/** Length-prefixed queries on one connection, answered in order (RFC 7766). */
const serveConnection = (socket: Socket, options: ClusterDnsOptions, signal: AbortSignal): void => {
  let received = Buffer.alloc(0)
  let turnOf = Promise.resolve()
  const answerNext = async (bytes: Buffer): Promise<void> => {
    const response = await respond(bytes, options, signal)
    if (response === undefined || socket.destroyed) return
    const length = Buffer.alloc(2)
    length.writeUInt16BE(response.bytes.length)
    socket.write(Buffer.concat([length, response.bytes]))
  }
  socket.setTimeout(tcpIdle, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('end', () => {
    turnOf = turnOf.then(() => void socket.end())
  })
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes])
    while (received.length >= 2 && received.length >= received.readUInt16BE(0) + 2) {
      const query = received.subarray(2, received.readUInt16BE(0) + 2)
      received = received.subarray(query.length + 2)
      turnOf = turnOf
        .then(() => answerNext(query))
        .catch((error: unknown) => {
          options.log('DNS query failed', { error: messageOf(error) })
          socket.destroy()
        })
    }
  })
}

const bindBoth = async (
  udp: DatagramSocket,
  tcp: Server,
  { address, port = 53 }: ClusterDnsOptions,
): Promise<void> => {
  const bound = new Promise<void>((resolve, reject) => {
    udp.once('error', reject)
    udp.bind(port, address, () => {
      udp.off('error', reject)
      resolve()
    })
  })
  const listening = new Promise<void>((resolve, reject) => {
    tcp.once('error', reject)
    tcp.listen(port, address, () => {
      tcp.off('error', reject)
      resolve()
    })
  })
  await Promise.all([bound, listening])
}

/**
 * Listens and serves until the signal aborts; resolves when it listens.
 * Throws CodedError `dns-address-not-available` when the address cannot be bound.
 */
export const startClusterDns = async (options: ClusterDnsOptions, signal: AbortSignal): Promise<void> => {
  const udp = createSocket('udp4')
  const connections = new Set<Socket>()
  const tcp = createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
    serveConnection(socket, options, signal)
  })
  try {
    await bindBoth(udp, tcp, options)
  } catch (error) {
    tcp.close()
    throw new CodedError('dns-address-not-available', `cluster DNS: ${messageOf(error)}`, { cause: error })
  }
  udp.on('error', (error) => options.log('DNS socket failed', { error: error.message }))
  tcp.on('error', (error) => options.log('DNS socket failed', { error: error.message }))
  serveDatagrams(udp, options, signal)
  const stop = (): void => {
    udp.close()
    tcp.close()
    for (const socket of connections) socket.destroy()
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
}
