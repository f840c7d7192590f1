import { endOnSignal } from '../end-on-signal.ts'
import { createColorsServer } from './colors-server.ts'

const server = createColorsServer({
  color: process.env['COLOR'] || 'red',
  logBackend: process.env['LOG_BACKEND'] || 'logger-backend:3000',
  log: (line) => console.log(line),
  logError: (line) => console.error(line),
})
server.listen(Number(process.env['PORT'] || 3000))
endOnSignal(server)
