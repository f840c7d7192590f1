import { createServer, type Server } from 'node:http'
import { ask } from '../http/ask.ts'
import { pathOf, sendHtml, sendText } from '../http/answers.ts'

export interface ColorsOptions {
  readonly color: string
  /** `host` or `host:port` of the logger's backend. */
  readonly logBackend: string
  readonly log: (line: string) => void
  readonly logError: (line: string) => void
}

const page = (color: string): string => `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>colors</title>
  </head>
  <body style="background-color: ${color}">
  </body>
</html>`

/** Tells the backend which color was served; nobody waits for it. */
const report = ({ color, logBackend, logError }: ColorsOptions): void => {
  const question = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ color }),
  }
  ask(`http://${logBackend}/`, question).catch((error: unknown) => logError(String(error)))
}

/** BoxBoat's demo-colors: a page in one color, each view told to the logger's backend. */
export const createColorsServer = (options: ColorsOptions): Server =>
  createServer((request, response) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const path = pathOf(request)
    if (!isRead || path !== '/') {
      sendText(response, 404, `Cannot ${request.method} ${path}`)
      return
    }
    sendHtml(response, 200, page(options.color))
    options.log('new request')
    report(options)
  })
