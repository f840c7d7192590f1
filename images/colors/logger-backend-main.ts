import { endOnSignal } from '../end-on-signal.ts'
import { createLoggerBackend } from './logger-backend.ts'

const server = createLoggerBackend((line) => console.log(line))
server.listen(Number(process.env['PORT'] || 3000))
endOnSignal(server)
