import { endOnSignal } from '../end-on-signal.ts'
import { createColorClient } from './color-client.ts'
import { goFatal, goLog } from './go-log.ts'

const colorHost = process.env['COLOR_HOST'] || goFatal('no COLOR_HOST defined')
const port = process.env['PORT'] || goFatal('no PORT defined')
goLog(`COLOR_HOST is: ${colorHost}`)
goLog(`PORT is: ${port}`)
const server = createColorClient({ colorHost, log: goLog })
server.listen(Number(port), '0.0.0.0')
endOnSignal(server)
