import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { bodyOf, pathOf, sendHtml, sendText } from '../http/answers.ts'

/** The color of a body such as `{"color":"red"}`; undefined when there is none. */
const colorOf = (body: Buffer): string | undefined => {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    const isObject = typeof parsed === 'object' && parsed !== null && 'color' in parsed
    return isObject && typeof parsed.color === 'string' ? parsed.color : undefined
  } catch {
    return undefined
  }
}

/** BoxBoat's demo-logger-backend: how often each color was served; GET tells, POST counts, DELETE begins anew. */
export const createLoggerBackend = (log: (line: string) => void): Server => {
  const counts = new Map<string, number>()
  const count = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const color = colorOf(await bodyOf(request))
    if (color === undefined) {
      sendText(response, 400, 'write a JSON object with a color: {"color":"red"}')
      return
    }
    log(color)
    counts.set(color, (counts.get(color) ?? 0) + 1)
    sendHtml(response, 200, 'OK')
  }
  return createServer((request, response) => {
    if (pathOf(request) !== '/') sendText(response, 404, `Cannot ${request.method} ${pathOf(request)}`)
    else if (request.method === 'GET' || request.method === 'HEAD')
      sendHtml(response, 200, JSON.stringify(Object.fromEntries(counts)))
    else if (request.method === 'POST') count(request, response).catch(() => response.destroy())
    else if (request.method === 'DELETE') {
      counts.clear()
      sendHtml(response, 200, 'OK')
    } else sendText(response, 404, `Cannot ${request.method} /`)
  })
}
