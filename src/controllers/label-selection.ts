import type { LabelSelector, LabelSelectorRequirement } from '../resources/meta/label-selector.ts'

type Labels = Readonly<Record<string, string>>

/** One requirement of a selector. `NotIn` and `DoesNotExist` hold for objects without the label. */
const meets = ({ key, operator, values = [] }: LabelSelectorRequirement, labels: Labels): boolean => {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
  }
}

/** True when every label is there with that value. */
export const hasLabels = (wanted: Labels, labels: Labels): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value)

/** LabelSelector (meta/v1) on labels. An empty selector selects everything. */
export const selectsLabels = (selector: LabelSelector, labels: Labels): boolean =>
  hasLabels(selector.matchLabels ?? {}, labels) &&
  (selector.matchExpressions ?? []).every((requirement) => meets(requirement, labels))

/** True for a selector without requirements, which workloads must not have. */
export const isEmptySelector = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0
