/** Messages of policy/v1. */
import type { Messages } from './message.ts'

export const policyMessages = {
  Eviction: { metadata: '1 ObjectMeta', deleteOptions: '2 DeleteOptions' },
} as const satisfies Messages
