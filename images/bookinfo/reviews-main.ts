import { hostname } from 'node:os'
import { endOnSignal } from '../end-on-signal.ts'
import { createReviews } from './reviews.ts'

const { env } = process
const domain = env['SERVICES_DOMAIN'] ? `.${env['SERVICES_DOMAIN']}` : ''
const host = `${env['RATINGS_HOSTNAME'] || 'ratings'}${domain}`
const ratings = `http://${host}:${env['RATINGS_SERVICE_PORT'] || '9080'}/ratings`
const server = createReviews({
  ...(env['ENABLE_RATINGS'] === 'true' ? { ratings } : {}),
  color: env['STAR_COLOR'] || 'black',
  podName: env['HOSTNAME'] || hostname(),
  clusterName: env['CLUSTER_NAME'] || 'null',
  log: (line) => console.log(line),
})
server.listen(9080)
endOnSignal(server)
