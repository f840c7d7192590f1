/** Label selectors as text: k8s.io/apimachinery metav1.FormatLabelSelector. */
import type { LabelSelector, LabelSelectorRequirement } from './label-selector.ts'

const requirementText = ({ key, operator, values = [] }: LabelSelectorRequirement): string => {
  switch (operator) {
    case 'In':
      return `${key} in (${[...values].sort().join(',')})`
    case 'NotIn':
      return `${key} notin (${[...values].sort().join(',')})`
    case 'Exists':
      return key
    case 'DoesNotExist':
      return `!${key}`
  }
}

/** `app=web,tier in (a,b)`; `<none>` for a selector without requirements. */
export const formatLabelSelector = (selector: LabelSelector | undefined): string => {
  const byKey = [
    ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` })),
    ...(selector?.matchExpressions ?? []).map((requirement) => ({
      key: requirement.key,
      text: requirementText(requirement),
    })),
  ].sort((left, right) => (left.key < right.key ? -1 : 1))
  return byKey.length === 0 ? '<none>' : byKey.map(({ text }) => text).join(',')
}

/** The same for a plain map, such as a Service's selector. */
export const formatLabels = (labels: Readonly<Record<string, string>> | undefined): string =>
  formatLabelSelector(labels === undefined ? undefined : { matchLabels: labels })
