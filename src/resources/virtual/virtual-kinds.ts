/** Kinds that are not stored as such: they are answered, or seen in what is stored of another kind. */
import { newEventKind } from '../events/event-kind.ts'
import type { Kind } from '../kind.ts'
import { metricsKinds } from './metrics-kinds.ts'
import { reviewKinds } from './review-kinds.ts'

export const virtualKinds: readonly Kind[] = [newEventKind, ...metricsKinds, ...reviewKinds]
