import { nthAddress, parseCidr } from '../../primitives/cidr.ts'
import { CodedError } from '../../primitives/coded-error.ts'
import { hostPortOf, type PublishedPort } from '../../primitives/host-port.ts'
import { ensurePortFree } from '../host-ports.ts'
import type { InstanceAddresses } from '../instance-addresses.ts'
import { fine, missing, warning, type HostFinding } from './finding.ts'

const portFinding = async (address: string, port: number, purpose: string): Promise<HostFinding> => {
  const check = `${address}:${port}`
  try {
    await ensurePortFree(address, port)
    return fine(check, `free (${purpose})`)
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    const [message = '', advice = 'bring up the loopback interface: sudo ip link set lo up'] =
      error.message.split(/; |: (?=use)/)
    return missing(check, `${message} (${purpose})`, advice)
  }
}

/** The gateway has the first address of the range; a program that listens on every address may be on its port. */
const gatewayFinding = async (range: string, lowest: number): Promise<HostFinding> => {
  const parsed = parseCidr(range)
  const address = parsed.ok ? nthAddress(parsed.value, 1) : undefined
  if (address === undefined) return fine('gateway', 'no address')
  const found = await portFinding(address, hostPortOf(80, lowest, []), 'ingress gateway')
  return found.level === 'missing' ? { ...found, level: 'warning' } : found
}

/** The addresses that `weft up` opens; a running instance has them already. `lowest`: the lowest port of this user. */
export const portFindings = async (
  addresses: InstanceAddresses,
  published: readonly PublishedPort[],
  lowest: number,
): Promise<readonly HostFinding[]> => [
  await portFinding(addresses.api, addresses.apiPort, 'API server'),
  await gatewayFinding(addresses.loadBalancerRange, lowest),
  ...(await Promise.all(
    published.map(({ address, port, servicePort }) =>
      portFinding(address, port, `published for port ${servicePort} of the gateway`),
    ),
  )),
]

/** `lowest`: the lowest port that this user may open. */
export const lowPortsFinding = (lowest: number): HostFinding =>
  lowest <= 80
    ? fine('ports below 1024', 'allowed')
    : warning(
        'ports below 1024',
        `ports below ${lowest} are forbidden to this user: port 80 of the gateway answers at 8080`,
        'to have port 80 itself run once: sudo sysctl net.ipv4.ip_unprivileged_port_start=80',
      )
