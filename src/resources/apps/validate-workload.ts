/** What Kubernetes refuses in everything that keeps pods of a template: numbers, selector and template. */
import { jsonEqual, type JsonValue } from '../../primitives/json-value.ts'
import type { PodSpec, PodTemplateSpec } from '../core/pod.ts'
import { validatePodSpec } from '../core/validate-pod-spec.ts'
import { invalid, notSupported, required } from '../field-error.ts'
import type { FieldError } from '../kind.ts'
import { isEmptySelector, type LabelSelector, selectsLabels } from '../meta/label-selector.ts'
import { validateLabelSelector, validateLabels } from '../meta/validate-labels.ts'

type Errors = readonly FieldError[]

export interface WorkloadSpec {
  readonly replicas?: number
  readonly minReadySeconds?: number
  readonly selector: LabelSelector
  readonly template?: PodTemplateSpec
}

export const notNegative = (field: string, value: number | null | undefined): Errors =>
  (value ?? 0) < 0 ? [invalid(field, value ?? 0, 'must be greater than or equal to 0')] : []

/** The schema asks for neither metadata nor spec: Kubernetes then misses the containers, as we do. */
const validateTemplate = (
  template: Partial<PodTemplateSpec>,
  selector: LabelSelector,
  spec: PodSpec = template.spec ?? { containers: [] },
): Errors => [
  ...(isEmptySelector(selector) || selectsLabels(selector, template.metadata?.labels)
    ? []
    : [
        invalid(
          'spec.template.metadata.labels',
          template.metadata?.labels ?? {},
          '`selector` does not match template `labels`; write the same labels in both',
        ),
      ]),
  ...validateLabels('spec.template.metadata.labels', template.metadata?.labels),
  ...validatePodSpec('spec.template.spec', spec),
  ...(spec.restartPolicy === undefined || spec.restartPolicy === 'Always'
    ? []
    : [notSupported('spec.template.spec.restartPolicy', spec.restartPolicy, ['Always'])]),
]

const jsonOf = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value ?? null))

/** Refuses another value than before. */
export const immutable = (field: string, value: unknown, old: unknown): Errors =>
  jsonEqual(jsonOf(value), jsonOf(old)) ? [] : [invalid(field, jsonOf(value), 'field is immutable')]

export const validateWorkload = (spec: WorkloadSpec, old: WorkloadSpec | undefined): Errors => [
  ...notNegative('spec.replicas', spec.replicas),
  ...notNegative('spec.minReadySeconds', spec.minReadySeconds),
  ...validateLabelSelector('spec.selector', spec.selector),
  ...(isEmptySelector(spec.selector)
    ? [invalid('spec.selector', {}, 'empty selector is invalid; write matchLabels')]
    : []),
  ...(spec.template === undefined
    ? [required('spec.template')]
    : validateTemplate(spec.template, spec.selector)),
  ...(old !== undefined && !jsonEqual(old.selector, spec.selector)
    ? [
        invalid(
          'spec.selector',
          JSON.parse(JSON.stringify(spec.selector)),
          'field is immutable; delete the object to change it',
        ),
      ]
    : []),
]

export const isZero = (amount: number | string | null | undefined): boolean => amount === 0 || amount === '0%'

/** Of daemons and stateful pods there cannot be more than all. */
export const percentProblem = (amount: number | string | null | undefined): string | undefined =>
  typeof amount === 'string' && /^\d+%$/.test(amount) && Number.parseInt(amount, 10) > 100
    ? 'must not be greater than 100%'
    : undefined
