import { parseArgs } from 'node:util'
import { endOnSignal } from '../end-on-signal.ts'
import { createHttpEcho } from './small-echoes.ts'

// Go's flags have one dash or two.
const words = process.argv.slice(2).map((word) => word.replace(/^-(?=[a-z])/, '--'))
const { values } = parseArgs({
  args: words,
  strict: false,
  options: { text: { type: 'string' }, listen: { type: 'string' }, 'status-code': { type: 'string' } },
})
const text = String(values['text'] ?? process.env['ECHO_TEXT'] ?? 'hello-world')
const port = Number(
  String(values['listen'] ?? ':5678')
    .split(':')
    .at(-1),
)
const server = createHttpEcho(text, Number(values['status-code'] ?? 200))
server.listen(port, () => console.error(`[INFO] server is listening on :${port}`))
endOnSignal(server)
