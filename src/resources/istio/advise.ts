/** What Istio's webhook accepts with a warning, in its words (istio.io/istio/pkg/config/validation). */
import type { FieldAdvice } from '../kind.ts'

export type Advices = readonly FieldAdvice[]

/** The advice when the condition holds. */
export const advise = (holds: boolean, field: string, message: string): Advices =>
  holds ? [{ field, message }] : []

interface Selected {
  readonly selector?: { readonly matchLabels?: object } | null | undefined
}

const WITHOUT_LABELS = 'workload selector specified without labels'

const isEmpty = (labels: object | null | undefined): boolean => Object.keys(labels ?? {}).length === 0

/** A selector that is written, but selects by nothing. `field`: `selector` unless the kind calls it otherwise. */
export const adviseSelector = (
  { selector }: Selected,
  field: 'selector' | 'workloadSelector' = 'selector',
): Advices =>
  advise(
    (selector ?? undefined) !== undefined && isEmpty(selector?.matchLabels),
    `spec.${field}`,
    WITHOUT_LABELS,
  )

/** The same of `workloadSelector.labels`; `subject` is what Istio calls the kind in its message. */
export const adviseWorkloadSelector = (
  selector: { readonly labels?: object } | null | undefined,
  subject: string,
): Advices =>
  advise(
    (selector ?? undefined) !== undefined && isEmpty(selector?.labels),
    'spec.workloadSelector',
    `${subject}: ${WITHOUT_LABELS}, will be applied to all services in namespace`,
  )
