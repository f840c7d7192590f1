/** Messages of scheduling.k8s.io/v1. */
import type { Messages } from './message.ts'

export const schedulingMessages = {
  PriorityClass: {
    metadata: '1 ObjectMeta',
    value: '2 !int',
    globalDefault: '3 bool',
    description: '4 string',
    preemptionPolicy: '5 !string',
  },
} as const satisfies Messages
