import { endOnSignal } from '../end-on-signal.ts'
import { createLoggerFrontend } from './logger-frontend.ts'

const server = createLoggerFrontend(process.env['LOG_BACKEND'] || 'logger-backend:3000')
server.listen(Number(process.env['PORT'] || 3000))
endOnSignal(server)
