import type { Node, NodeCondition, NodeStatus } from '../../resources/core/node.ts'
import { timestampOf } from '../../primitives/timestamp.ts'

/** Kubernetes' --node-monitor-grace-period of 1.31 and before; its later 50 s only allow for slow API servers. */
export const gracePeriodMs = 40_000

const watched = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const

/** The status of a node that was not heard of for the grace period; undefined when it says so already. */
export const planSilentNode = (node: Node, now: number): NodeStatus | undefined => {
  const conditions = node.status?.conditions ?? []
  if (conditions.find(({ type }) => type === 'Ready')?.status === 'Unknown') return undefined
  const time = timestampOf(now)
  const others = conditions.filter(({ type }) => !watched.some((one) => one === type))
  const unknown = watched.map((type): NodeCondition => {
    const known = conditions.find((condition) => condition.type === type)
    return {
      type,
      status: 'Unknown',
      lastHeartbeatTime: known?.lastHeartbeatTime ?? node.metadata.creationTimestamp ?? time,
      lastTransitionTime: time,
      reason: known === undefined ? 'NodeStatusNeverUpdated' : 'NodeStatusUnknown',
      message:
        known === undefined ? 'Kubelet never posted node status.' : 'Kubelet stopped posting node status.',
    }
  })
  return { ...node.status, conditions: [...others, ...unknown] }
}
