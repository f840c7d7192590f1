import { hostname } from 'node:os'
import { endOnSignal } from '../end-on-signal.ts'
import { createHelloworld } from './helloworld-server.ts'

const server = createHelloworld(process.env['SERVICE_VERSION'] ?? 'v1', process.env['HOSTNAME'] || hostname())
server.listen(5000)
endOnSignal(server)
