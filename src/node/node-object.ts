import { readFile, statfs } from 'node:fs/promises'
import { arch, cpus, release, totalmem } from 'node:os'
import { isApiError } from '../machinery/api-error.ts'
import { findCondition, transitionTime } from '../machinery/conditions.ts'
import { messageOf } from '../primitives/coded-error.ts'
import { timestampOf } from '../primitives/timestamp.ts'
import type { Lease } from '../resources/coordination/lease.ts'
import type { Node, NodeCondition, NodeStatus } from '../resources/core/node.ts'
import { resources, type NodeContext } from './node-context.ts'

export interface NodeFacts {
  readonly hostname: string
  readonly version: string
  /** Port of the kubelet API that the node object announces. */
  readonly kubeletPort: number
  readonly podRange: string
}

const heartbeatPeriod = 10_000
const statusPeriod = 300_000
const leaseSeconds = 40

const microseconds = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace('Z', '000Z')

const readWord = async (path: string): Promise<string> =>
  (await readFile(path, 'utf8').catch(() => '')).trim()

const osImage = async (): Promise<string> => {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? 'Linux'
}

const conditions = (now: number, old: readonly NodeCondition[]): NodeCondition[] => {
  const healthy = [
    ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
  ] as const
  return healthy.map(([type, status, reason, message]) => {
    return {
      type,
      status,
      reason,
      message,
      lastHeartbeatTime: timestampOf(now),
      lastTransitionTime: transitionTime(findCondition(old, type), status, now),
    }
  })
}

const nodeStatus = async (context: NodeContext, facts: NodeFacts, old: NodeStatus): Promise<NodeStatus> => {
  const disk = await statfs(context.directories.pods)
  const resourceList = {
    cpu: String(cpus().length),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    pods: '250',
    'ephemeral-storage': `${Math.floor((disk.blocks * disk.bsize) / 1024)}Ki`,
  }
  return {
    capacity: resourceList,
    allocatable: resourceList,
    conditions: conditions(context.clock.now(), old.conditions ?? []),
    addresses: [
      { type: 'InternalIP', address: context.hostIp },
      { type: 'Hostname', address: facts.hostname },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: facts.kubeletPort } },
    nodeInfo: {
      machineID: await readWord('/etc/machine-id'),
      systemUUID: await readWord('/proc/sys/kernel/random/boot_id'),
      bootID: await readWord('/proc/sys/kernel/random/boot_id'),
      kernelVersion: release(),
      osImage: await osImage(),
      containerRuntimeVersion: `weft://${facts.version}`,
      kubeletVersion: `v1.32.0+weft.${facts.version}`,
      kubeProxyVersion: `v1.32.0+weft.${facts.version}`,
      operatingSystem: 'linux',
      architecture: arch() === 'x64' ? 'amd64' : arch(),
    },
  }
}

const ensureNode = async (context: NodeContext, facts: NodeFacts): Promise<Node> => {
  const found = await context.cluster.get<Node>(resources.nodes, { name: context.nodeName })
  if (found !== undefined) return found
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: context.nodeName,
      labels: {
        'kubernetes.io/hostname': facts.hostname,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': arch() === 'x64' ? 'amd64' : arch(),
      },
    },
    spec: { podCIDR: facts.podRange, podCIDRs: [facts.podRange] },
  }
  return context.cluster.create(resources.nodes, node)
}

const reportNode = async (context: NodeContext, facts: NodeFacts): Promise<void> => {
  const node = await ensureNode(context, facts)
  const status = await nodeStatus(context, facts, node.status ?? {})
  await context.cluster.patch<Node>(
    resources.nodes,
    { name: context.nodeName },
    { kind: 'merge', body: JSON.parse(JSON.stringify({ status })) },
    { subresource: 'status' },
  )
}

const leaseNamespace = 'kube-node-lease'

const renewLease = async (context: NodeContext): Promise<void> => {
  const name = { namespace: leaseNamespace, name: context.nodeName }
  const spec = {
    holderIdentity: context.nodeName,
    leaseDurationSeconds: leaseSeconds,
    renewTime: microseconds(context.clock.now()),
  }
  try {
    await context.cluster.patch<Lease>(resources.leases, name, { kind: 'merge', body: { spec } })
  } catch (error) {
    if (!isApiError(error, 404)) throw error
    await context.cluster.create<Lease>(resources.leases, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: context.nodeName, namespace: leaseNamespace },
      spec,
    })
  }
}

/**
 * Keeps the Node object and its Lease fresh until `signal` aborts: the lease every 10 s, the status every 5 minutes
 * (https://kubernetes.io/docs/reference/node/node-status/#heartbeats). Failures are logged and tried again.
 */
export const runNodeObject = async (
  context: NodeContext,
  facts: NodeFacts,
  onRegistered: () => void,
  signal: AbortSignal,
): Promise<void> => {
  let reportedAt = Number.NEGATIVE_INFINITY
  while (!signal.aborted) {
    let pause = heartbeatPeriod
    try {
      if (context.clock.now() - reportedAt >= statusPeriod) {
        await reportNode(context, facts)
        reportedAt = context.clock.now()
        onRegistered()
      }
      await renewLease(context)
    } catch (error) {
      if (signal.aborted) return
      context.log('node heartbeat failed, trying again', { error: messageOf(error) })
      pause = 500
    }
    await context.clock.sleep(pause, signal).catch(() => undefined)
  }
}
