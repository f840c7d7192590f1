import type { ReadPort } from '../machinery/ports.ts'
import { hostPortOf } from '../primitives/host-port.ts'
import type { Service } from '../resources/core/service.ts'
import { readInstanceConfig, type InstanceConfig } from './instance-config.ts'
import type { InstanceHome } from './instance-home.ts'
import { publishedText } from './published-ports.ts'

const services = { group: '', version: 'v1', plural: 'services' }

export const gatewayName = { namespace: 'istio-system', name: 'istio-ingressgateway' } as const

export const gatewayService = (port: ReadPort, signal: AbortSignal): Promise<Service | undefined> =>
  port.get<Service>(services, gatewayName, signal)

/** The ingress gateway's address on this host; undefined while it has none. */
export const gatewayAddress = (service: Service | undefined): string | undefined =>
  service?.status?.loadBalancer?.ingress?.[0]?.ip

/** Port 80 of the gateway as this user may open it; `:80` itself is left out. */
export const gatewayUrl = (
  service: Service | undefined,
  { lowestHostPort }: Pick<InstanceConfig, 'lowestHostPort'>,
): string | undefined => {
  const address = gatewayAddress(service)
  if (address === undefined) return undefined
  const ports = (service?.spec.ports ?? [])
    .filter(({ protocol = 'TCP' }) => protocol === 'TCP')
    .map(({ port }) => port)
  const port = hostPortOf(ports.includes(80) ? 80 : (ports[0] ?? 80), lowestHostPort, ports)
  return port === 80 ? `http://${address}` : `http://${address}:${port}`
}

/** Where the ingress gateway answers on this host. */
export interface GatewayAnswers {
  readonly gateway: string | undefined
  /** `0.0.0.0:8080->80` */
  readonly published: readonly string[]
}

export const gatewayAnswers = async (
  home: InstanceHome,
  client: ReadPort,
  signal: AbortSignal,
): Promise<GatewayAnswers> => {
  const [config, service] = await Promise.all([
    readInstanceConfig(home),
    gatewayService(client, signal).catch(() => undefined),
  ])
  const ports = service?.spec.ports?.map(({ port }) => port)
  const published = config.published.map((place) => {
    const isThere = ports === undefined || ports.includes(place.servicePort)
    return `${publishedText(place)}${isThere ? '' : ` (the gateway's Service has no port ${place.servicePort})`}`
  })
  return { gateway: gatewayUrl(service, config), published }
}
