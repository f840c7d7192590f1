import { endOnSignal } from '../end-on-signal.ts'
import { createRatings } from './ratings.ts'

const server = createRatings((line) => console.log(line))
server.listen(9080, () => console.log('Server listening on: http://0.0.0.0:9080'))
endOnSignal(server)
