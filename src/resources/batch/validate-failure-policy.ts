/** What Kubernetes refuses in a Job's podFailurePolicy and successPolicy (pkg/apis/batch/validation). */
import type { Container } from '../core/container.ts'
import { duplicate, invalid, notSupported, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { countIndexes } from './job-indexes.ts'
import type { JobSpec, PodFailurePolicyRule, SuccessPolicyRule } from './job.ts'

type Errors = readonly FieldError[]

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const MOST_RULES = 20

/** Go's %q of a list. */
const quoted = (values: readonly string[]): string => `[${values.map((value) => `"${value}"`).join(' ')}]`

const tooMany = (field: string, count: number): FieldError => ({
  field,
  reason: 'FieldValueInvalid',
  message: `must have at most ${MOST_RULES} items, has ${count}`,
})

const without = (field: string, message: string): FieldError => ({
  field,
  reason: 'FieldValueInvalid',
  message,
})

const validateExitCodes = (
  path: string,
  { containerName, operator, values }: NonNullable<PodFailurePolicyRule['onExitCodes']>,
  names: readonly string[],
): Errors => {
  const list = child(path, 'values')
  const ordered = values.every((value, index) => index === 0 || (values[index - 1] ?? 0) <= value)
  return [
    ...(operator === 'In' || operator === 'NotIn'
      ? []
      : [notSupported(child(path, 'operator'), operator, ['In', 'NotIn'])]),
    ...(containerName === undefined || containerName === null || names.includes(containerName)
      ? []
      : [
          invalid(
            child(path, 'containerName'),
            containerName,
            'must be one of the container or initContainer names in the pod template',
          ),
        ]),
    ...(values.length === 0 ? [invalid(list, [], 'at least one value is required')] : []),
    ...itemsAt(list, values).flatMap(({ path: at, value, index }) => [
      ...(operator === 'In' && value === 0 ? [invalid(at, 0, 'must not be 0 for the In operator')] : []),
      ...(values.indexOf(value) < index ? [duplicate(at, value)] : []),
    ]),
    ...(ordered ? [] : [invalid(list, values, 'must be ordered')]),
  ]
}

const validateAction = (path: string, action: string, spec: JobSpec): Errors => {
  if (action === undefined || action === '') return [required(path, `valid values: ${quoted(ACTIONS)}`)]
  if (!ACTIONS.includes(action)) return [notSupported(path, action, ACTIONS)]
  return action === 'FailIndex' && (spec.backoffLimitPerIndex ?? null) === null
    ? [invalid(path, action, 'requires the backoffLimitPerIndex to be set')]
    : []
}

const validateFailureRule = (
  path: string,
  rule: PodFailurePolicyRule,
  spec: JobSpec,
  names: readonly string[],
): Errors => {
  const hasCodes = (rule.onExitCodes ?? null) !== null
  const patterns = rule.onPodConditions ?? []
  return [
    ...validateAction(child(path, 'action'), rule.action, spec),
    ...(rule.onExitCodes === undefined || rule.onExitCodes === null
      ? []
      : validateExitCodes(child(path, 'onExitCodes'), rule.onExitCodes, names)),
    ...itemsAt(child(path, 'onPodConditions'), patterns)
      .filter(({ value }) => !['True', 'False', 'Unknown'].includes(value.status ?? 'True'))
      .map(({ path: at, value }) =>
        notSupported(child(at, 'status'), value.status ?? '', ['False', 'True', 'Unknown']),
      ),
    ...(hasCodes && patterns.length > 0
      ? [without(path, 'specifying both OnExitCodes and OnPodConditions is not supported')]
      : []),
    ...(!hasCodes && patterns.length === 0
      ? [without(path, 'specifying one of OnExitCodes and OnPodConditions is required')]
      : []),
  ]
}

export const validateFailurePolicy = (path: string, spec: JobSpec): Errors => {
  const rules = spec.podFailurePolicy?.rules ?? []
  const list = child(path, 'podFailurePolicy.rules')
  const containers: readonly Container[] = [
    ...(spec.template.spec?.containers ?? []),
    ...(spec.template.spec?.initContainers ?? []),
  ]
  const names = containers.map(({ name }) => name)
  return [
    ...(rules.length > MOST_RULES ? [tooMany(list, rules.length)] : []),
    ...itemsAt(list, rules).flatMap(({ path: at, value }) => validateFailureRule(at, value, spec, names)),
  ]
}

const validateSuccessRule = (path: string, rule: SuccessPolicyRule, completions: number): Errors => {
  const { succeededIndexes: indexes, succeededCount: count } = rule
  if ((indexes ?? null) === null && (count ?? null) === null) {
    return [required(path, 'at least one of succeededCount or succeededIndexes must be specified')]
  }
  const total = countIndexes(indexes ?? '', completions)
  const at = child(path, 'succeededCount')
  const limits = [
    { limit: completions, of: 'the number of specified completions' },
    ...(indexes !== undefined && typeof total === 'number'
      ? [{ limit: total, of: 'the number of indexes in the specified succeededIndexes field' }]
      : []),
  ]
  return [
    ...(typeof total === 'string'
      ? [invalid(child(path, 'succeededIndexes'), indexes ?? '', `error parsing succeededIndexes: ${total}`)]
      : []),
    ...((count ?? 0) < 0 ? [invalid(at, count ?? 0, 'must be greater than or equal to 0')] : []),
    ...limits
      .filter(({ limit }) => (count ?? 0) > limit)
      .map(({ limit, of }) => invalid(at, count ?? 0, `must be less than or equal to ${limit} (${of})`)),
  ]
}

export const validateSuccessPolicy = (path: string, spec: JobSpec): Errors => {
  if (spec.successPolicy === undefined || spec.successPolicy === null) return []
  const at = child(path, 'successPolicy')
  if (spec.completionMode !== 'Indexed') return [without(at, 'requires indexed completion mode')]
  const rules = spec.successPolicy.rules ?? []
  const list = child(at, 'rules')
  return [
    ...(rules.length === 0
      ? [required(list, 'at least one rules must be specified when the successPolicy is specified')]
      : []),
    ...(rules.length > MOST_RULES ? [tooMany(list, rules.length)] : []),
    ...itemsAt(list, rules).flatMap((rule) =>
      validateSuccessRule(rule.path, rule.value, spec.completions ?? 0),
    ),
  ]
}
