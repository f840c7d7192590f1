import { createServer, type Server, type ServerResponse } from 'node:http'
import { ask } from '../http/ask.ts'
import { pathOf, send, sendText } from '../http/answers.ts'
import { tallyPage, tallyScript, tallyStyle } from './tally-page.ts'

const page = { type: 'text/html; charset=utf-8', body: tallyPage }

const files = new Map([
  ['/', page],
  ['/index.html', page],
  ['/styles/style.css', { type: 'text/css; charset=utf-8', body: tallyStyle }],
  ['/scripts/script.js', { type: 'text/javascript; charset=utf-8', body: tallyScript }],
])

/** Asks the backend and passes its answer on; a backend that does not answer is 502. */
const relay = async (backend: string, method: string, response: ServerResponse): Promise<void> => {
  try {
    const { status, body } = await ask(`http://${backend}/`, { method })
    const type = method === 'GET' && status === 200 ? 'application/json' : 'text/plain; charset=utf-8'
    send(response, status, { 'content-type': type }, body)
  } catch (error) {
    console.error(String(error))
    sendText(response, 502, `no answer from ${backend}: ${String(error)}`)
  }
}

/** BoxBoat's demo-logger-frontend: a page that shows the tally of the logger's backend, and clears it. */
export const createLoggerFrontend = (backend: string): Server =>
  createServer((request, response) => {
    const path = pathOf(request)
    const file = files.get(path)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (path === '/data' && (request.method === 'GET' || request.method === 'DELETE'))
      void relay(backend, request.method, response)
    else if (file !== undefined && isRead) send(response, 200, { 'content-type': file.type }, file.body)
    else sendText(response, 404, `Cannot ${request.method} ${path}`)
  })
