/** Messages of core/v1: where a pod may run. */
import type { Messages } from './message.ts'

export const placementMessages = {
  Affinity: {
    nodeAffinity: '1 NodeAffinity',
    podAffinity: '2 PodAffinity',
    podAntiAffinity: '3 PodAntiAffinity',
  },
  NodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: '1 NodeSelector',
    preferredDuringSchedulingIgnoredDuringExecution: '2 []PreferredSchedulingTerm',
  },
  NodeSelector: { nodeSelectorTerms: '1 []NodeSelectorTerm' },
  NodeSelectorTerm: {
    matchExpressions: '1 []NodeSelectorRequirement',
    matchFields: '2 []NodeSelectorRequirement',
  },
  NodeSelectorRequirement: { key: '1 !string', operator: '2 !string', values: '3 []string' },
  PreferredSchedulingTerm: { weight: '1 !int', preference: '2 NodeSelectorTerm' },
  PodAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: '1 []PodAffinityTerm',
    preferredDuringSchedulingIgnoredDuringExecution: '2 []WeightedPodAffinityTerm',
  },
  PodAffinityTerm: {
    labelSelector: '1 LabelSelector',
    namespaces: '2 []string',
    topologyKey: '3 !string',
    namespaceSelector: '4 LabelSelector',
    matchLabelKeys: '5 []string',
    mismatchLabelKeys: '6 []string',
  },
  WeightedPodAffinityTerm: { weight: '1 !int', podAffinityTerm: '2 PodAffinityTerm' },
  PodAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: '1 []PodAffinityTerm',
    preferredDuringSchedulingIgnoredDuringExecution: '2 []WeightedPodAffinityTerm',
  },
  Toleration: {
    key: '1 string',
    operator: '2 string',
    value: '3 string',
    effect: '4 string',
    tolerationSeconds: '5 !int',
  },
  TopologySpreadConstraint: {
    maxSkew: '1 !int',
    topologyKey: '2 !string',
    whenUnsatisfiable: '3 !string',
    labelSelector: '4 LabelSelector',
    minDomains: '5 !int',
    nodeAffinityPolicy: '6 !string',
    nodeTaintsPolicy: '7 !string',
    matchLabelKeys: '8 []string',
  },
} as const satisfies Messages
