/** Label selectors: the text of `?labelSelector=` and the object form of LabelSelector (meta/v1). */
import { fail, ok, type Result } from '../primitives/result.ts'
import { parseRequirements, type Requirement } from './label-selector-parser.ts'

/** All requirements must hold; none selects everything. */
export type LabelSelector = readonly Requirement[]

export type Labels = Readonly<Record<string, string>>

/** The object form, e.g. a Deployment's `spec.selector`. */
export interface LabelSelectorObject {
  readonly matchLabels?: Labels
  readonly matchExpressions?: readonly {
    readonly key: string
    readonly operator: string
    readonly values?: readonly string[]
  }[]
}

/** Parses `app=x,tier!=db,env in (a,b),!canary,weight>3`; the error is Kubernetes'. The empty text selects everything. */
export const parseLabelSelector = (text: string): Result<LabelSelector, string> => parseRequirements(text)

export const matchesLabels = (selector: LabelSelector, labels: Labels | undefined): boolean =>
  selector.every((requirement) => matchesRequirement(requirement, labels ?? {}))

const matchesRequirement = (requirement: Requirement, labels: Labels): boolean => {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined
  switch (requirement.operator) {
    case 'in':
      return value !== undefined && requirement.values.includes(value)
    case 'notin':
      return value === undefined || !requirement.values.includes(value)
    case 'exists':
      return value !== undefined
    case 'notexists':
      return value === undefined
    case 'gt':
    case 'lt': {
      if (value === undefined || !/^[+-]?\d+$/.test(value)) return false
      return requirement.operator === 'gt'
        ? Number(value) > requirement.value
        : Number(value) < requirement.value
    }
  }
}

/** Prints what parseLabelSelector reads back to the same selector. */
export const formatLabelSelector = (selector: LabelSelector): string =>
  selector.map(formatRequirement).join(',')

const formatRequirement = (requirement: Requirement): string => {
  const { key } = requirement
  switch (requirement.operator) {
    case 'in':
      return requirement.values.length === 1
        ? `${key}=${requirement.values[0]}`
        : `${key} in (${sorted(requirement)})`
    case 'notin':
      return requirement.values.length === 1
        ? `${key}!=${requirement.values[0]}`
        : `${key} notin (${sorted(requirement)})`
    case 'exists':
      return key
    case 'notexists':
      return `!${key}`
    case 'gt':
      return `${key}>${requirement.value}`
    case 'lt':
      return `${key}<${requirement.value}`
  }
}

const sorted = ({ values }: { readonly values: readonly string[] }): string => values.toSorted().join(',')

/** The object form as requirements. An absent selector selects nothing in Kubernetes: callers decide that. */
export const labelSelectorOf = (selector: LabelSelectorObject): Result<LabelSelector, string> => {
  const requirements: Requirement[] = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'in',
    values: [value],
  }))
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        return fail("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty")
      requirements.push({ key, operator: operator === 'In' ? 'in' : 'notin', values })
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        return fail(
          `values: Invalid value: ${JSON.stringify(values)}: values set must be empty for exists and does not exist`,
        )
      }
      requirements.push({ key, operator: operator === 'Exists' ? 'exists' : 'notexists' })
    } else {
      return fail(
        `"${operator}" is not a valid label selector operator: write In, NotIn, Exists or DoesNotExist`,
      )
    }
  }
  return ok(requirements)
}
