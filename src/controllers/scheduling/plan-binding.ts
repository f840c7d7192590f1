import type { Node } from '../../resources/core/node.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { isPodActive, podCondition } from '../pods/pod-state.ts'
import { claimRefusal, type StorageLookup } from './claim-refusal.ts'
import { refusalOf } from './node-fit.ts'

export type BindingPlan =
  | { readonly type: 'nothing' }
  | { readonly type: 'bind'; readonly node: string }
  /** `news`: the pod's condition does not say so yet. */
  | { readonly type: 'unschedulable'; readonly message: string; readonly news: boolean }

/** kube-scheduler's sentence: how many nodes there are, and why each reason keeps how many of them out. */
const explain = (reasons: readonly string[]): string => {
  if (reasons.length === 0) return 'no nodes available to schedule pods'
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).toSorted()
  const total = reasons.length
  return (
    `0/${total} nodes are available: ${parts.join(', ')}. ` +
    `preemption: 0/${total} nodes are available: ${total} Preemption is not helpful for scheduling.`
  )
}

export const isScheduled = (pod: Pod): boolean => (pod.spec.nodeName ?? '') !== ''

const unschedulable = (pod: Pod, message: string): BindingPlan => ({
  type: 'unschedulable',
  message,
  news: podCondition(pod, 'PodScheduled')?.message !== message,
})

/** A pod whose claims have no volumes yet goes nowhere. */
const withoutVolumes = (pod: Pod, nodes: readonly Node[], message: string): BindingPlan => {
  const total = nodes.length
  return unschedulable(
    pod,
    `0/${total} nodes are available: ${message}. ` +
      `preemption: 0/${total} nodes are available: ${total} Preemption is not helpful for scheduling.`,
  )
}

/** Where a pod goes. Resources are not counted: the pods of the embedded cluster share the machine as processes do. */
export const planBinding = (pod: Pod, nodes: readonly Node[], storage?: StorageLookup): BindingPlan => {
  const ours = (pod.spec.schedulerName ?? 'default-scheduler') === 'default-scheduler'
  if (!ours || isScheduled(pod) || !isPodActive(pod)) return { type: 'nothing' }
  const { message: refusal, waiting } =
    storage === undefined ? { waiting: false } : claimRefusal(pod, storage)
  if (refusal !== undefined) return withoutVolumes(pod, nodes, refusal)
  if (waiting) return { type: 'nothing' }
  const looked = nodes
    .filter((node) => node.metadata.deletionTimestamp === undefined)
    .map((node) => ({ node: node.metadata.name, refusal: refusalOf(pod, node) }))
  const fitting = looked.find(({ refusal }) => refusal === undefined)
  if (fitting !== undefined) return { type: 'bind', node: fitting.node }
  const message = explain(looked.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal])))
  return unschedulable(pod, message)
}
