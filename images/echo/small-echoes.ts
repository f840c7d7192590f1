/** Three small echo servers that manifests name. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { createInterface } from 'node:readline'
import { bodyOf, send, sendText, urlOf } from '../http/answers.ts'

/** hashicorp/http-echo: one text for every request. */
export const createHttpEcho = (text: string, code: number): Server =>
  createServer((request, response) => {
    request.resume()
    if (urlOf(request).pathname === '/health')
      return send(response, 200, { 'content-type': 'application/json' }, '{"status":"ok"}')
    response.setHeader('x-app-name', 'http-echo')
    return sendText(response, code, `${text}\n`)
  })

/** istio/tcp-echo-server: each line comes back behind the prefix. */
export const createTcpEchoServer = (prefix: string): TcpServer =>
  createTcpServer((socket) => {
    socket.on('error', () => socket.destroy())
    createInterface({ input: socket, crlfDelay: 0 }).on('line', (line) => socket.write(`${prefix} ${line}\n`))
  })

const describeRequest = (request: IncomingMessage, body: Buffer, hostname: string): string => {
  const { pathname, search } = urlOf(request)
  const headers = Object.entries(request.headers).toSorted(([left], [right]) => (left < right ? -1 : 1))
  const lines = [
    '',
    '',
    `Hostname: ${hostname}`,
    '',
    'Pod Information:',
    '\t-no pod information available-',
    '',
    'Request Information:',
    `\tclient_address=${request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''}`,
    `\tmethod=${request.method}`,
    `\treal path=${request.url}`,
    `\tquery=${search.slice(1)}`,
    `\trequest_version=${request.httpVersion}`,
    '\trequest_scheme=http',
    `\trequest_uri=http://${request.headers.host ?? ''}${pathname}`,
    '',
    'Request Headers:',
    ...headers.map(([name, value]) => `\t${name}=${String(value)}`),
    '',
    'Request Body:',
    body.length === 0 ? '\t-no body in request-' : body.toString('utf8'),
    '',
    '',
  ]
  return lines.join('\n')
}

/** Kubernetes' echoserver: tells the request. */
export const createEchoserver = (hostname: string): Server =>
  createServer((request, response) => {
    bodyOf(request).then(
      (body) =>
        send(response, 200, { 'content-type': 'text/plain' }, describeRequest(request, body, hostname)),
      () => response.destroy(),
    )
  })
