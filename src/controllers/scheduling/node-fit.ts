import type { Node, NodeTaint } from '../../resources/core/node.ts'
import type { Pod, Toleration } from '../../resources/core/pod.ts'
import { hasLabels, type LabelRequirement, meetsRequirement } from '../../resources/meta/label-selector.ts'

interface NodeSelectorTerm {
  readonly matchExpressions?: readonly LabelRequirement[]
  readonly matchFields?: readonly LabelRequirement[]
}

/** The part of PodSpec.affinity that decides where a pod may run at all. */
export interface NodeAffinity {
  readonly nodeAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: {
      readonly nodeSelectorTerms?: readonly NodeSelectorTerm[]
    }
  }
}

/** A term without requirements selects no node. Terms are alternatives, requirements of one all hold. */
const meetsTerm = ({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Node): boolean =>
  matchExpressions.length + matchFields.length > 0 &&
  matchExpressions.every((requirement) => meetsRequirement(requirement, node.metadata.labels)) &&
  matchFields.every((requirement) => meetsRequirement(requirement, { 'metadata.name': node.metadata.name }))

const meetsSelection = (
  pod: Pod & { readonly spec: { readonly affinity?: NodeAffinity } },
  node: Node,
): boolean => {
  const selected = hasLabels(pod.spec.nodeSelector, node.metadata.labels)
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return selected && (required?.nodeSelectorTerms?.some((term) => meetsTerm(term, node)) ?? true)
}

const tolerates = (toleration: Toleration, taint: NodeTaint): boolean => {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  if ((toleration.operator ?? 'Equal') === 'Exists') return true
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '')
}

const unschedulable: NodeTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

/** Why the node does not take the pod, in kube-scheduler's words; undefined: it does. */
export const refusalOf = (pod: Pod, node: Node): string | undefined => {
  const tolerations = pod.spec.tolerations ?? []
  const tolerated = (taint: NodeTaint): boolean =>
    tolerations.some((toleration) => tolerates(toleration, taint))
  if (node.spec?.unschedulable === true && !tolerated(unschedulable)) return 'node(s) were unschedulable'
  const taint = (node.spec?.taints ?? []).find(
    (candidate) =>
      candidate.effect !== 'PreferNoSchedule' && candidate.key !== unschedulable.key && !tolerated(candidate),
  )
  if (taint !== undefined) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`
  return meetsSelection(pod, node) ? undefined : "node(s) didn't match Pod's node affinity/selector"
}
