import { endOnSignal } from '../end-on-signal.ts'
import { createColorServer } from './color-server.ts'
import { goFatal, goLog } from './go-log.ts'

const color = process.env['COLOR'] || goFatal('no COLOR defined')
const port = process.env['PORT'] || goFatal('no PORT defined')
goLog(`COLOR is: ${color}`)
goLog(`PORT is: ${port}`)
const { listener, servers } = createColorServer({ color, log: goLog, random: Math.random })
listener.listen(Number(port))
endOnSignal(listener, servers)
