import { endOnSignal } from '../end-on-signal.ts'
import { createTcpEchoServer } from './small-echoes.ts'

const [ports = '9000', prefix = 'hello'] = process.argv.slice(2)
for (const port of ports.split(',').map(Number)) {
  const server = createTcpEchoServer(prefix)
  server.listen(port, () => console.log(`listening on [::]:${port}, prefix: ${prefix}`))
  endOnSignal(server)
}
