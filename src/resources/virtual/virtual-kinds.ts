/** Kinds that are answered and not stored. */
import type { Kind } from '../kind.ts'
import { metricsKinds } from './metrics-kinds.ts'
import { reviewKinds } from './review-kinds.ts'

export const virtualKinds: readonly Kind[] = [...metricsKinds, ...reviewKinds]
