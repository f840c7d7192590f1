import { hostname } from 'node:os'
import { endOnSignal } from '../end-on-signal.ts'
import { createEchoserver } from './small-echoes.ts'

const server = createEchoserver(process.env['HOSTNAME'] || hostname())
server.listen(Number(process.env['PORT'] || 8080))
endOnSignal(server)
