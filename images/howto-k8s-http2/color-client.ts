import { createServer, type Server, type ServerResponse } from 'node:http'
import { connect, type ClientHttp2Session } from 'node:http2'

export interface ColorClientOptions {
  /** `host:port` of the color server. */
  readonly colorHost: string
  readonly log: (line: string) => void
}

interface Answer {
  readonly code: number
  readonly body: string
}

/** One request over cleartext HTTP/2 with prior knowledge. */
const get = (session: ClientHttp2Session, path: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const stream = session.request({
      ':path': path,
      'accept-encoding': 'identity',
      'user-agent': 'Go-http-client/2.0',
    })
    let code = 0
    let body = ''
    stream.setEncoding('utf8')
    stream.on('response', (headers) => {
      code = Number(headers[':status'])
    })
    stream.on('data', (text: string) => (body += text))
    stream.on('end', () => resolve({ code, body }))
    stream.on('error', reject)
    session.once('error', reject)
    stream.end()
  })

/** Keeps one connection for all requests, as Go's http2.Transport does, and opens a new one when it is lost. */
const createTransport = (authority: string): ((path: string) => Promise<Answer>) => {
  let session: ClientHttp2Session | undefined
  const open = (): ClientHttp2Session => {
    const fresh = connect(`http://${authority}`)
    fresh.setMaxListeners(0)
    const forget = (): void => {
      if (session === fresh) session = undefined
    }
    fresh.on('error', forget)
    fresh.on('goaway', forget)
    fresh.on('close', forget)
    return fresh
  }
  return (path) => {
    if (session === undefined || session.closed || session.destroyed) session = open()
    return get(session, path)
  }
}

const send = (response: ServerResponse, code: number, body: string): void => {
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' }).end(body)
}

/** The color client of AWS App Mesh's howto-k8s-http2: HTTP/1.1 in front, h2c to the color server. */
export const createColorClient = (options: ColorClientOptions): Server => {
  const ask = createTransport(options.colorHost)
  const color = async (response: ServerResponse): Promise<void> => {
    try {
      const { body } = await ask('/')
      options.log(`Got color response: ${body}`)
      send(response, 200, body)
    } catch (error) {
      options.log(`Could not get color: ${String(error)}`)
      send(response, 500, `${String(error)}\n`)
    }
  }
  const setFlake = async (url: string, response: ServerResponse): Promise<void> => {
    try {
      const { code, body } = await ask(url)
      options.log(`Got setFlake response: ${body}`)
      send(response, code, body)
    } catch (error) {
      options.log(`Could not set flakiness: ${String(error)}`)
      send(response, 500, `${String(error)}\n`)
    }
  }
  return createServer((request, response) => {
    const url = request.url ?? '/'
    const { pathname } = new URL(url, 'http://client')
    if (pathname === '/ping') send(response, 200, '')
    else if (pathname === '/color') void color(response)
    else if (pathname === '/setFlake') void setFlake(url, response)
    else send(response, 404, '404 page not found\n')
  })
}
