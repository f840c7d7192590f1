/** Messages of coordination/v1. */
import type { Messages } from './message.ts'

export const coordinationMessages = {
  Lease: { metadata: '1 ObjectMeta', spec: '2 LeaseSpec' },
  LeaseSpec: {
    holderIdentity: '1 !string',
    leaseDurationSeconds: '2 !int',
    acquireTime: '3 microTime',
    renewTime: '4 microTime',
    leaseTransitions: '5 !int',
    strategy: '6 !string',
    preferredHolder: '7 !string',
  },
} as const satisfies Messages
