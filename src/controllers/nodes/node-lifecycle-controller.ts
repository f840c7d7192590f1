/** Nodes: one whose heartbeat is missing is not ready any more. */
import type { Lease } from '../../resources/coordination/lease.ts'
import type { Node } from '../../resources/core/node.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { createReconciler } from '../reconciler.ts'
import { gracePeriodMs, planSilentNode } from './plan-node-health.ts'

interface Heartbeat {
  readonly sign: string
  /** When this process first saw the sign, in milliseconds: clocks of nodes need not agree with ours. */
  readonly seenAt: number
}

/** Marks a node whose kubelet renews its Lease no more. Its pods are left alone: they serve without it. */
export const createNodeLifecycleController = (
  context: ControllerContext,
  signal: AbortSignal,
): Controller => {
  const { cluster, informers, clock } = context
  const name = 'node-controller'
  const recorder = context.recorder(name)
  const nodes = informers.informer<Node>(resources.nodes)
  const leases = informers.informer<Lease>(resources.leases)
  const heartbeats = new Map<string, Heartbeat>()

  const signOf = (node: Node): string => {
    const ready = node.status?.conditions?.find(
      ({ type, status }) => type === 'Ready' && status !== 'Unknown',
    )
    const lease = leases.cache.get(`kube-node-lease/${node.metadata.name}`)
    return `${lease?.spec?.renewTime} ${ready?.lastHeartbeatTime}`
  }

  const reconcile = async (key: string): Promise<void> => {
    const node = nodes.cache.get(key)
    if (node === undefined) {
      heartbeats.delete(key)
      return
    }
    const sign = signOf(node)
    const known = heartbeats.get(key)
    const heartbeat = known?.sign === sign ? known : { sign, seenAt: clock.now() }
    heartbeats.set(key, heartbeat)
    const left = heartbeat.seenAt + gracePeriodMs - clock.now()
    if (left > 0) {
      reconciler.enqueueAfter(key, left)
      return
    }
    const status = planSilentNode(node, clock.now())
    if (status === undefined) return
    await cluster.update(resources.nodes, { ...node, status }, { subresource: 'status', signal })
    const message = `Node ${key} status is now: NodeNotReady`
    recorder.record({ object: node, type: 'Normal', reason: 'NodeNotReady', message })
  }

  const reconciler = createReconciler({ ...context, name, reconcile })
  nodes.subscribe(({ object }) => reconciler.enqueue(object.metadata.name))
  leases.subscribe(({ object }) => {
    if (object.metadata.namespace === 'kube-node-lease') reconciler.enqueue(object.metadata.name)
  })
  return { name, run: reconciler.run }
}
