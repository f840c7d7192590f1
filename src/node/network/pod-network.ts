/** The network of pods: a namespace, a link to the bridge and an address each, found again after a crash. */
import { createHash } from 'node:crypto'
import { CodedError, messageOf } from '../../primitives/coded-error.ts'
import { isJsonObject } from '../../primitives/json-value.ts'
import type { PodAddress, PodNetwork } from '../ports.ts'
import { clusterBridge, hardwareAddress, type ClusterAddresses } from './cluster-network.ts'
import { createPodAddressPool } from './pod-address-pool.ts'
import { runCommand } from './run-command.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Eleven characters that name the pod in links (at most 15 characters) and namespaces. */
const shortUid = (uid: string): string =>
  uuid.test(uid)
    ? uid.replaceAll('-', '').slice(0, 11)
    : createHash('sha256').update(uid).digest('hex').slice(0, 11)

const namespaceName = (uid: string): string => `pod-${shortUid(uid)}`
const linkName = (uid: string): string => `veth${shortUid(uid)}`

/** Takes away what there is, also what a crash left half made. */
const tearDownScript = (uid: string): string => `
if [ -e /run/netns/${namespaceName(uid)} ]; then ip netns delete ${namespaceName(uid)}; fi
ip link delete ${linkName(uid)} 2>/dev/null || true
`

/**
 * One script per pod for `sh -e`. The pod knows only its gateway (/32 address, no neighbours): packets between pods are
 * routed, not bridged, so that both directions of a service connection pass the address translation; `isolated`
 * enforces it. The table delivers forwarded ports (they come from the port-forward address) to the pod's 127.0.0.1,
 * ahead of any redirect of a sidecar, as a kubelet does from inside the namespace, and without a process per pod.
 * The link's alias holds uid and address and comes last: a link with an alias is complete.
 */
const setUpScript = (pod: PodAddress, addresses: ClusterAddresses): string => {
  const { node, portForward } = addresses
  const netns = namespaceName(pod.uid)
  const link = linkName(pod.uid)
  return `${tearDownScript(pod.uid)}
ip -batch - <<END
netns add ${netns}
link add ${link} type veth peer name eth0 address ${hardwareAddress(pod.ip)} netns ${netns}
link set ${link} master ${clusterBridge} up
link set ${link} type bridge_slave isolated on
END
nsenter --net=/run/netns/${netns} sh -e <<'POD'
ip -batch - <<END
link set lo up
address add ${pod.ip}/32 dev eth0
link set eth0 up
route add ${node} dev eth0 scope link
route add default via ${node}
END
echo 1 > /proc/sys/net/ipv4/conf/eth0/route_localnet
echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start
nft -f - <<END
table ip weft-port-forward {
  chain prerouting {
    type nat hook prerouting priority -110
    iifname eth0 ip saddr ${portForward} meta l4proto tcp dnat to 127.0.0.1
  }
  chain input {
    type nat hook input priority 90
    ip saddr ${portForward} ip daddr 127.0.0.1 snat to 127.0.0.1
  }
}
END
POD
ip link set ${link} alias '${pod.uid} ${pod.ip}'
`
}

/** Reads the pods' links of the bridge back. */
const readPods = async (signal?: AbortSignal): Promise<PodAddress[]> => {
  const output = await runCommand('ip', ['-json', 'link', 'show', 'master', clusterBridge], '', signal)
  const links: unknown = JSON.parse(output === '' ? '[]' : output)
  if (!Array.isArray(links)) return []
  return links.flatMap((link: unknown) => {
    if (!isJsonObject(link) || typeof link['ifalias'] !== 'string') return []
    const [uid, ip] = link['ifalias'].split(' ')
    if (uid === undefined || ip === undefined || link['ifname'] !== linkName(uid)) return []
    return [{ uid, ip, networkNamespace: `/run/netns/${namespaceName(uid)}` }]
  })
}

const uidPattern = /^[A-Za-z0-9.-]{1,100}$/

/**
 * Needs the set-up of `cluster-network.ts`; runs in the cluster's network namespace. Adopts the pods that are there.
 * Throws CodedError `command-failed`.
 */
export const openPodNetwork = async (
  addresses: ClusterAddresses,
  signal?: AbortSignal,
): Promise<PodNetwork> => {
  const pods = new Map((await readPods(signal)).map((pod) => [pod.uid, pod]))
  const pool = createPodAddressPool(
    addresses.podRange,
    [...pods.values()].map((pod) => pod.ip),
  )
  const running = new Map<string, Promise<PodAddress>>()

  const setUp = async (uid: string, abort?: AbortSignal): Promise<PodAddress> => {
    if (!uidPattern.test(uid))
      throw new CodedError('pod-network-setup-failed', `the pod's uid ${JSON.stringify(uid)} is no uid`)
    const ip = pool.take()
    if (ip === undefined) {
      throw new CodedError(
        'pod-addresses-exhausted',
        'no pod address is free: delete pods that are not needed',
      )
    }
    const pod = { uid, ip, networkNamespace: `/run/netns/${namespaceName(uid)}` }
    try {
      await runCommand('sh', ['-e'], setUpScript(pod, addresses), abort)
    } catch (error) {
      pool.release(ip)
      await runCommand('sh', [], tearDownScript(uid)).catch(() => undefined)
      throw new CodedError('pod-network-setup-failed', messageOf(error), { cause: error })
    }
    pods.set(uid, pod)
    return pod
  }

  return {
    ensure: async (uid, abort) => {
      const known = pods.get(uid) ?? running.get(uid)
      if (known !== undefined) return known
      const work = setUp(uid, abort).finally(() => running.delete(uid))
      running.set(uid, work)
      return work
    },
    remove: async (uid, abort) => {
      await running.get(uid)?.catch(() => undefined)
      if (!uidPattern.test(uid)) return
      await runCommand('sh', ['-e'], tearDownScript(uid), abort)
      const pod = pods.get(uid)
      if (pod === undefined) return
      pods.delete(uid)
      pool.release(pod.ip)
    },
    list: () => [...pods.values()],
  }
}
