/** LabelSelector (meta/v1): how Deployments and ReplicaSets name the pods they own, and what a selector selects. */

type Labels = Readonly<Record<string, string>>

export interface LabelSelectorRequirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values?: readonly string[]
}

export interface LabelSelector {
  readonly matchLabels?: Labels
  readonly matchExpressions?: readonly LabelSelectorRequirement[]
}

/** A requirement that may also compare numbers: of `?labelSelector=` (`n>3`), and NodeSelectorRequirement (core/v1). */
export interface LabelRequirement {
  readonly key: string
  readonly operator: LabelSelectorRequirement['operator'] | 'Gt' | 'Lt'
  readonly values?: readonly string[]
}

const isInteger = (text: string | undefined): text is string => text !== undefined && /^[+-]?\d+$/.test(text)

/** apimachinery's labels.Requirement.Matches: `NotIn` and `DoesNotExist` hold for objects without the label. */
export const meetsRequirement = (
  { key, operator, values = [] }: LabelRequirement,
  labels: Labels | undefined = {},
): boolean => {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return isInteger(value) && isInteger(values[0]) && Number(value) > Number(values[0])
    case 'Lt':
      return isInteger(value) && isInteger(values[0]) && Number(value) < Number(values[0])
  }
}

/** True when every label is there with that value. */
export const hasLabels = (wanted: Labels | undefined, labels: Labels | undefined): boolean =>
  Object.entries(wanted ?? {}).every(([key, value]) => labels?.[key] === value)

/** True when the labels satisfy every requirement of the selector. An empty selector selects everything. */
export const selectsLabels = (selector: LabelSelector, labels: Labels | undefined): boolean =>
  hasLabels(selector.matchLabels, labels) &&
  (selector.matchExpressions ?? []).every((requirement) => meetsRequirement(requirement, labels))

/** True for a selector without requirements, which workloads must not have. */
export const isEmptySelector = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0
