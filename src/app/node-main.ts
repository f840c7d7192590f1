import { createLog } from './log.ts'
import { instanceHome } from './instance-home.ts'
import { connectHostSockets } from './socket-broker.ts'
import { supervisorChannel, untilSignalled } from './broker-channel.ts'
import { transparentSocketIn } from '../node/network/outside/transparent-socket.ts'
import { runNode } from './node.ts'

/** Entry of the `weft node` process: node-main.js HOME, started by the supervisor. */
const [home, ...given] = process.argv.slice(2)
if (home === undefined) throw new Error('usage: node-main HOME')
const log = createLog('node', (line) => void process.stderr.write(line))
const signal = untilSignalled()
// Ended while it starts, whatever waited for the signal rejects with it.
await runNode(
  {
    home: instanceHome(home),
    sockets: connectHostSockets(supervisorChannel()),
    transparentSocket: transparentSocketIn(given),
    log,
  },
  signal,
).catch((error: unknown) => {
  if (!signal.aborted) throw error
})
process.exit(0)
