import type { DaemonSet } from '../../resources/apps/daemon-set.ts'
import type { Node } from '../../resources/core/node.ts'
import type { Pod, PodSpec, Toleration } from '../../resources/core/pod.ts'
import { podFromTemplate } from '../pods/pod-template.ts'
import { type NodeAffinity, refusalOf } from '../scheduling/node-fit.ts'

/** On pods and revisions: the hash of the template. */
export const hashLabel = 'controller-revision-hash'

/** What daemons put up with (Kubernetes' AddOrUpdateDaemonPodTolerations). */
const tolerationsOf = ({ hostNetwork }: PodSpec): readonly Toleration[] => {
  const conditions = ['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable']
  return [
    ...['not-ready', 'unreachable'].map((condition) => ({ condition, effect: 'NoExecute' })),
    ...[...conditions, ...(hostNetwork === true ? ['network-unavailable'] : [])].map((condition) => ({
      condition,
      effect: 'NoSchedule',
    })),
  ].map(({ condition, effect }) => ({ key: `node.kubernetes.io/${condition}`, operator: 'Exists', effect }))
}

interface AffinitySpec extends PodSpec {
  readonly affinity?: NodeAffinity
}

/** On one node: each term of the template's own affinity is narrowed to it. */
const affinityTo = (node: string, { affinity }: AffinitySpec): NodeAffinity => {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const matchFields = [{ key: 'metadata.name', operator: 'In' as const, values: [node] }]
  return {
    ...affinity,
    nodeAffinity: {
      ...affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: {
        ...required,
        nodeSelectorTerms: (required?.nodeSelectorTerms ?? [{}]).map((term) => ({ ...term, matchFields })),
      },
    },
  }
}

const withTolerations = (spec: PodSpec): PodSpec => {
  const own = spec.tolerations ?? []
  const missing = tolerationsOf(spec).filter(
    ({ key, effect }) => !own.some((toleration) => toleration.key === key && toleration.effect === effect),
  )
  return { ...spec, tolerations: [...own, ...missing] }
}

/** A node that wants the daemon and the daemon's pods on it, the oldest first. */
export interface DaemonNode {
  readonly name: string
  readonly pods: readonly Pod[]
}

/** The pod of a node. */
export const daemonPod = (set: DaemonSet, node: string, hash: string): Pod => {
  const pod = podFromTemplate(set, set.spec.template)
  const spec: AffinitySpec = { ...withTolerations(pod.spec), affinity: affinityTo(node, pod.spec) }
  return {
    ...pod,
    metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, [hashLabel]: hash } },
    spec,
  }
}

/** The node of a daemon's pod, whether the scheduler has bound it already or not. */
export const nodeOf = (pod: Pod): string | undefined => {
  if ((pod.spec.nodeName ?? '') !== '') return pod.spec.nodeName
  const { affinity }: AffinitySpec = pod.spec
  const terms =
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  return terms[0]?.matchFields?.find(({ key }) => key === 'metadata.name')?.values?.[0]
}

/** `run`: the node wants the daemon; `stay`: one that runs there may go on. */
export const shouldRun = (set: DaemonSet, node: Node): { readonly run: boolean; readonly stay: boolean } => {
  const { nodeName } = set.spec.template.spec
  if (nodeName !== undefined && nodeName !== node.metadata.name) return { run: false, stay: false }
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: '' },
    spec: withTolerations(set.spec.template.spec),
  }
  if (refusalOf(pod, node) === undefined) return { run: true, stay: true }
  // Taints without NoExecute keep new pods out, but drive none away.
  const taints = (node.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute')
  return { run: false, stay: refusalOf(pod, { ...node, spec: { ...node.spec, taints } }) === undefined }
}
