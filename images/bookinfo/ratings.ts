import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { bodyOf, pathOf, sendJson, sendText } from '../http/answers.ts'

const defaults: unknown = { Reviewer1: 5, Reviewer2: 4 }

/** Bookinfo's ratings service: stars by reviewer, in memory. */
export const createRatings = (log: (line: string) => void): Server => {
  const added = new Map<number, unknown>()
  const tell = (response: ServerResponse, id: number): void =>
    sendJson(response, 200, { id, ratings: added.get(id) ?? defaults })
  const add = async (request: IncomingMessage, response: ServerResponse, id: number): Promise<void> => {
    let ratings: unknown
    try {
      ratings = JSON.parse((await bodyOf(request)).toString('utf8'))
    } catch {
      sendJson(response, 400, { error: 'please provide valid ratings JSON' })
      return
    }
    added.set(id, ratings)
    tell(response, id)
  }
  return createServer((request, response) => {
    const path = pathOf(request)
    log(`${request.method} ${request.url}`)
    if (path === '/health') return sendJson(response, 200, { status: 'Ratings is healthy' })
    if (!path.startsWith('/ratings/')) return sendText(response, 404, '')
    const id = Number.parseInt(path.split('/').at(-1) ?? '', 10)
    if (Number.isNaN(id)) return sendJson(response, 400, { error: 'please provide numeric product ID' })
    if (request.method === 'GET') return tell(response, id)
    if (request.method === 'POST') return void add(request, response, id).catch(() => response.destroy())
    return sendText(response, 404, '')
  })
}
