import { endOnSignal } from '../end-on-signal.ts'
import { createMyappServer } from './myapp-server.ts'

const version = process.env['MYAPP_VERSION'] ?? '1'
const port = Number(process.env['SERVER_PORT'] ?? 8080)
const server = createMyappServer(version)
server.listen(port, () => console.log(`myapp version ${version} listens on port ${port}`))
endOnSignal(server)
