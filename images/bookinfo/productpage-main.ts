import { endOnSignal } from '../end-on-signal.ts'
import { createProductpage } from './productpage.ts'

const { env } = process
const domain = env['SERVICES_DOMAIN'] ? `.${env['SERVICES_DOMAIN']}` : ''
const addressOf = (service: string): string => {
  const variable = service.toUpperCase()
  const host = env[`${variable}_HOSTNAME`] || service
  return `http://${host}${domain}:${env[`${variable}_SERVICE_PORT`] || '9080'}`
}
const server = createProductpage({
  details: addressOf('details'),
  reviews: addressOf('reviews'),
  ratings: addressOf('ratings'),
})
server.listen(9080)
endOnSignal(server)
