import { parseArgs } from 'node:util'
import { endOnSignal } from '../end-on-signal.ts'
import { createHttpbin } from './httpbin-server.ts'

const words = process.argv.slice(2).map((word) => word.replace(/^-(?=\w{2})/, '--'))
const { values } = parseArgs({
  args: words,
  options: { port: { type: 'string' }, host: { type: 'string' } },
  strict: false,
})
const port = Number(values['port'] ?? process.env['PORT'] ?? 8080)
const host = String(values['host'] ?? process.env['HOST'] ?? '0.0.0.0')
const server = createHttpbin('go')
server.listen(port, host, () => console.error(`go-httpbin listening on http://${host}:${port}`))
endOnSignal(server)
