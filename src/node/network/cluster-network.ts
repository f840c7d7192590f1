/** The cluster's own network: one namespace with a bridge, the service range and the addresses of the node. */
import type { Cidr } from '../../primitives/cidr.ts'
import { formatCidr } from '../../primitives/cidr.ts'
import { runCommand } from './run-command.ts'

/** Where everything lives in the cluster's network. All addresses are IPv4, dotted. */
export interface ClusterAddresses {
  readonly podRange: Cidr
  readonly serviceRange: Cidr
  /** The node on the bridge: the pods' gateway; the API server and the control plane listen there. */
  readonly node: string
  /** The source of forwarded ports: a pod delivers what comes from it to its own 127.0.0.1. */
  readonly portForward: string
  readonly dns: string
}

export const defaultClusterAddresses: ClusterAddresses = {
  podRange: { base: 0x0af4_0000, prefixLength: 16 },
  serviceRange: { base: 0x0a60_0000, prefixLength: 16 },
  node: '10.244.0.1',
  portForward: '10.244.0.2',
  dns: '10.96.0.10',
}

export const clusterBridge = 'weft0'

/**
 * The Ethernet address of who has an IPv4 address (dotted) in the cluster's network, as container networks derive it.
 * An address that is used again then keeps its Ethernet address, so that no neighbour remembers a wrong one.
 */
export const hardwareAddress = (ip: string): string =>
  ['0a', '58', ...ip.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))].join(':')

/**
 * A script for `sh -c` that makes the cluster's network namespace unless it is there. It must run where /run is
 * writable and private (a tmpfs in a mount namespace of its own) and needs CAP_SYS_ADMIN and CAP_NET_ADMIN.
 * Not `ip netns add`: it goes back to the host's network at its end, and fails in a user namespace, which may not.
 */
export const clusterNamespaceScript = (name = 'weft'): string =>
  `mkdir -p /run/netns && { [ -e /run/netns/${name} ] || { : >/run/netns/${name} && unshare --net=/run/netns/${name} true; }; } && ip -n ${name} link set lo up`

/** What to write before a program so that it runs in the cluster's network namespace. */
export const enterClusterNamespace = (name = 'weft'): readonly string[] => [
  'nsenter',
  `--net=/run/netns/${name}`,
  '--',
]

/**
 * Why each of them:
 * - send_redirects off: every packet between pods turns around on the bridge's address (see pod-network.ts).
 * - bridge-nf-call-iptables off (it exists only where the kernel has br_netfilter): otherwise a service's packet is
 *   translated while it is bridged, and the answer no longer passes the translation.
 */
const kernelSettings = `
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 0 > /proc/sys/net/ipv4/conf/all/send_redirects
echo 0 > /proc/sys/net/ipv4/conf/${clusterBridge}/send_redirects
if [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; then
  echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables
fi`

/**
 * The whole set-up as one script for `sh -e`; running it again changes nothing. The bridge's Ethernet address is set:
 * otherwise it is the lowest of its links', changes as pods come and go, and pods lose their gateway for seconds.
 */
export const clusterNetworkScript = (addresses: ClusterAddresses): string => {
  const { node, portForward, dns, podRange, serviceRange } = addresses
  return `[ -e /sys/class/net/${clusterBridge} ] || ip link show dev ${clusterBridge} >/dev/null 2>&1 || ip link add ${clusterBridge} type bridge
ip -batch - <<END
link set lo up
link set ${clusterBridge} address ${hardwareAddress(node)} up
address replace ${node}/${podRange.prefixLength} dev ${clusterBridge}
address replace ${portForward}/32 dev ${clusterBridge}
address replace ${dns}/32 dev ${clusterBridge}
route replace ${formatCidr(serviceRange)} dev ${clusterBridge} src ${node}
END${kernelSettings}
`
}

/**
 * Sets up the network namespace in which the process runs as the cluster's; safe to call again after a crash.
 * Throws CodedError `command-failed` with the words of `ip`.
 */
export const setUpClusterNetwork = async (
  addresses: ClusterAddresses,
  signal?: AbortSignal,
): Promise<void> => {
  await runCommand('sh', ['-e'], clusterNetworkScript(addresses), signal)
}
