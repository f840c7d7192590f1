/** `fortio server`: an HTTP echo whose status, delay and size the query tells, /debug, and a TCP echo. */
import type { IncomingMessage } from 'node:http'
import { createServer as createTcpServer, type Server } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createCleartextServer,
  type AnyRequest,
  type AnyResponse,
  type CleartextServer,
} from '../http/cleartext-server.ts'
import { parseGoDuration } from './go-format.ts'
import { fortioVersion } from './report.ts'

export interface FortioServerOptions {
  readonly debugPath: string
  readonly hostname: string
  /** From 0 to 1. */
  readonly random: () => number
}

/** The longest delay that a query may ask for, in seconds. */
const longestDelay = 1.5
const largestSize = 256 * 1024

/** What one roll of the dice gives: a value, the rest of the shares (`none`), or nothing that can be read. */
export type Choice =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'none' | 'invalid' }

/** `503` always, `503:20,404:10` for that share of the answers each in percent. */
export const chooseWeighted = (text: string, random: () => number): Choice => {
  if (text === '') return { kind: 'none' }
  if (!text.includes(':') && !text.includes(',')) return { kind: 'value', value: text }
  const parts = text.split(',').map((part) => part.split(':'))
  let roll = random() * 100
  for (const [value = '', share = '', ...rest] of parts) {
    const percent = Number(share.replace(/%$/, ''))
    if (rest.length > 0 || share === '' || !(percent >= 0 && percent <= 100)) return { kind: 'invalid' }
    if (roll < percent) return { kind: 'value', value }
    roll -= percent
  }
  return { kind: 'none' }
}

const statusOf = (text: string, random: () => number): number => {
  const choice = chooseWeighted(text, random)
  if (choice.kind !== 'value') return choice.kind === 'none' ? 200 : 400
  const status = Number(choice.value)
  return Number.isInteger(status) && status >= 200 && status <= 999 ? status : 400
}

const sizeOf = (text: string, random: () => number): number | undefined => {
  const choice = chooseWeighted(text, random)
  const size = choice.kind === 'value' ? Number(choice.value) : Number.NaN
  return Number.isInteger(size) && size >= 0 ? Math.min(size, largestSize) : undefined
}

const delayOf = (text: string, random: () => number): number => {
  const choice = chooseWeighted(text, random)
  const seconds = choice.kind === 'value' ? (parseGoDuration(choice.value) ?? 0) : 0
  return Math.max(0, Math.min(longestDelay, seconds))
}

const debugText = (request: AnyRequest, body: Buffer, { hostname }: FortioServerOptions): string => {
  const { authority, host } = { authority: request.headers[':authority'], host: request.headers.host }
  const lines = Object.entries(request.headers)
    .filter(([name]) => name !== 'host' && !name.startsWith(':'))
    .map(([name, value]) => [name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()), String(value)])
    .toSorted(([left = ''], [right = '']) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}: ${value}`)
  const { socket, method, url, httpVersion } = request as IncomingMessage
  return [
    `Φορτίο version ${fortioVersion} echo debug server on ${hostname} - request from ${socket.remoteAddress}:${socket.remotePort}`,
    '',
    `${method} ${url} HTTP/${httpVersion}`,
    '',
    'headers:',
    '',
    `Host: ${String(authority ?? host ?? '')}`,
    ...lines,
    '',
    'body:',
    '',
    body.toString('utf8'),
    '',
  ].join('\n')
}

const answer = async (
  request: AnyRequest,
  response: AnyResponse,
  options: FortioServerOptions,
): Promise<void> => {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://fortio')
  const body = await buffer(request)
  await sleep(delayOf(query.get('delay') ?? '', options.random) * 1000)
  for (const header of query.getAll('header')) {
    const [name = '', ...value] = header.split(':')
    if (/^[\w-]+$/.test(name))
      response.setHeader(
        name,
        value
          .join(':')
          .trim()
          .replaceAll(/[^\t -~]/g, ''),
      )
  }
  if (query.get('close') === 'true' && request.httpVersion === '1.1')
    response.setHeader('connection', 'close')
  if (pathname === options.debugPath || pathname.startsWith(`${options.debugPath}/`)) {
    response.setHeader('content-type', 'text/plain; charset=UTF-8')
    response.end(debugText(request, body, options))
    return
  }
  response.statusCode = statusOf(query.get('status') ?? '', options.random)
  const size = sizeOf(query.get('size') ?? '', options.random)
  const type = request.headers['content-type']
  if (size === undefined && type !== undefined) response.setHeader('content-type', type)
  response.end(size === undefined ? body : Buffer.alloc(size, 'x'))
}

export const createFortioServer = (options: FortioServerOptions): CleartextServer =>
  createCleartextServer((request, response) => {
    answer(request, response, options).catch(() => response.destroy())
  })

/** Sends back what it gets. */
export const createTcpEcho = (prefix = ''): Server =>
  createTcpServer((socket) => {
    socket.on('error', () => socket.destroy())
    if (prefix === '') socket.pipe(socket)
    else socket.on('data', (chunk: Buffer) => socket.write(Buffer.concat([Buffer.from(`${prefix} `), chunk])))
  })
