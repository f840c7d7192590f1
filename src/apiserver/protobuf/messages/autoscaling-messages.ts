/** Messages of autoscaling/v1. */
import type { Messages } from './message.ts'

export const autoscalingMessages = {
  Scale: { metadata: '1 ObjectMeta', spec: '2 ScaleSpec', status: '3 ScaleStatus' },
  ScaleSpec: { replicas: '1 int' },
  ScaleStatus: { replicas: '1 !int', selector: '2 string' },
} as const satisfies Messages
