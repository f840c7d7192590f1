/** Messages of policy/v1. */
import type { Messages } from './message.ts'

export const policyMessages = {
  Eviction: { metadata: '1 ObjectMeta', deleteOptions: '2 DeleteOptions' },
  PodDisruptionBudget: {
    metadata: '1 ObjectMeta',
    spec: '2 PodDisruptionBudgetSpec',
    status: '3 PodDisruptionBudgetStatus',
  },
  PodDisruptionBudgetSpec: {
    minAvailable: '1 !intOrString',
    selector: '2 LabelSelector',
    maxUnavailable: '3 !intOrString',
    unhealthyPodEvictionPolicy: '4 !string',
  },
  PodDisruptionBudgetStatus: {
    observedGeneration: '1 int',
    disruptedPods: '2 {}time',
    disruptionsAllowed: '3 !int',
    currentHealthy: '4 !int',
    desiredHealthy: '5 !int',
    expectedPods: '6 !int',
    conditions: '7 []Condition',
  },
} as const satisfies Messages
