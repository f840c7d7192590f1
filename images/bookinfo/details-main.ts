import { endOnSignal } from '../end-on-signal.ts'
import { createDetails } from './details.ts'

const server = createDetails()
server.listen(9080, () => console.log('Server listening on: http://0.0.0.0:9080'))
endOnSignal(server)
