/** The echo application of Istio's own tests (pkg/test/echo): it tells what it was asked, field by field. */
import { createServer as createTcpServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { buffer } from 'node:stream/consumers'
import {
  createCleartextServer,
  type AnyRequest,
  type AnyResponse,
  type CleartextServer,
} from '../http/cleartext-server.ts'
import { weightedCode } from '../http/weighted-code.ts'

export interface EchoAppOptions {
  readonly version: string
  readonly cluster: string
  readonly namespace: string
  readonly hostname: string
  /** From 0 to 1. */
  readonly random: () => number
}

const field = (name: string, value: string): string => `${name}=${value}\n`
const optional = (name: string, value: string): string => (value === '' ? '' : field(name, value))

const canonical = (name: string): string => name.replaceAll(/(^|-)[a-z]/g, (letters) => letters.toUpperCase())

const headerFields = (request: AnyRequest): string =>
  Object.entries(request.headers)
    .filter(([name]) => !name.startsWith(':') && name !== 'host')
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => field('RequestHeader', `${canonical(name)}:${String(value)}`))
    .join('')

const longestDelay = 60_000

/** `delay` in Go's form with a single unit: `100ms`, `2s`. */
const delayOf = (text: string | null): number => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text ?? '') ?? []
  return Math.min(longestDelay, Number(number ?? 0) * (unit === 's' ? 1000 : 1))
}

const answer = async (
  request: AnyRequest,
  response: AnyResponse,
  options: EchoAppOptions & { readonly port: number },
): Promise<void> => {
  const target = request.url ?? '/'
  const { searchParams: query } = new URL(target, 'http://echo')
  await buffer(request)
  await sleep(delayOf(query.get('delay')))
  const code = query.has('codes') ? (weightedCode(query.get('codes') ?? '', options.random) ?? 400) : 200
  for (const pair of (query.get('headers') ?? '').split(',')) {
    const [name = '', ...value] = pair.split(':')
    if (/^[\w-]+$/.test(name)) response.setHeader(name, value.join(':').replaceAll(/[^\t -~]/g, ''))
  }
  response.statusCode = code
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  const host = request.headers[':authority'] ?? request.headers.host ?? ''
  const ip = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''
  response.end(
    field('ServiceVersion', options.version) +
      field('ServicePort', String(options.port)) +
      field('Host', String(host)) +
      field('URL', target) +
      optional('Cluster', options.cluster) +
      optional('Namespace', options.namespace) +
      field('Method', request.method ?? '') +
      field('Proto', request.httpVersion === '1.1' ? 'HTTP/1.1' : 'HTTP/2.0') +
      field('IP', ip) +
      headerFields(request) +
      field('Hostname', options.hostname) +
      field('StatusCode', String(code)),
  )
}

export const createEchoApp = (port: number, options: EchoAppOptions): CleartextServer =>
  createCleartextServer((request, response) => {
    answer(request, response, { ...options, port }).catch(() => response.destroy())
  })

/** Tells the same of a TCP connection, then sends back what comes. */
export const createTcpEchoApp = (port: number, options: EchoAppOptions): Server =>
  createTcpServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', (first: Buffer) => {
      socket.write(
        field('StatusCode', '200') +
          field('ServiceVersion', options.version) +
          field('ServicePort', String(port)) +
          field('IP', socket.remoteAddress?.replace(/^::ffff:/, '') ?? '') +
          field('Protocol', 'TCP') +
          field('Hostname', options.hostname),
      )
      socket.write(first)
      socket.pipe(socket)
    })
  })
