import { createLog } from './log.ts'
import { instanceHome } from './instance-home.ts'
import { connectHostSockets } from './socket-broker.ts'
import { supervisorChannel, untilSignalled } from './broker-channel.ts'
import { runServer } from './server.ts'

/** Entry of the `weft server` process: server-main.js HOME, started by the supervisor. */
const [home] = process.argv.slice(2)
if (home === undefined) throw new Error('usage: server-main HOME')
const log = createLog('server', (line) => void process.stderr.write(line))
const signal = untilSignalled()
// Ended while it starts, whatever waited for the signal rejects with it.
await runServer(instanceHome(home), connectHostSockets(supervisorChannel()), log, signal).catch(
  (error: unknown) => {
    if (!signal.aborted) throw error
  },
)
process.exit(0)
