import { createServer, type Server } from 'node:http'
import { pathOf, sendJson, sendText } from '../http/answers.ts'

/** What Bookinfo's details service tells of any book. */
const detailsOf = (id: number): unknown => ({
  id,
  author: 'William Shakespeare',
  year: 1595,
  type: 'paperback',
  pages: 200,
  publisher: 'PublisherA',
  language: 'English',
  'ISBN-10': '1234567890',
  'ISBN-13': '123-1234567890',
})

export const createDetails = (): Server =>
  createServer((request, response) => {
    const path = pathOf(request)
    if (path === '/health') return sendJson(response, 200, { status: 'Details is healthy' })
    if (!/^\/details(\/|$)/.test(path)) return sendText(response, 404, `\`${path}' not found.`)
    const id = /\/(\d+)$/.exec(path)?.[1]
    if (id === undefined) return sendJson(response, 400, { error: 'please provide numeric product id' })
    return sendJson(response, 200, detailsOf(Number(id)))
  })
