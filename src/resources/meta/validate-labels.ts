/** Labels and selectors of any object. */
import { invalid, required } from '../field-error.ts'
import { child, item, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import type { LabelSelector, LabelSelectorRequirement } from './label-selector.ts'
import { labelValueProblem, qualifiedNameProblem } from './name-syntax.ts'

const keyErrors = (path: string, key: string): readonly FieldError[] => {
  const problem = qualifiedNameProblem(key)
  return problem === undefined ? [] : [invalid(path, key, problem)]
}

export const validateLabels = (
  path: string,
  labels: Readonly<Record<string, string>> | undefined | null,
): readonly FieldError[] =>
  Object.entries(labels ?? {}).flatMap(([key, value]) => {
    const problem = labelValueProblem(value)
    return [
      ...keyErrors(path, key),
      ...(problem === undefined ? [] : [invalid(item(path, key), value, problem)]),
    ]
  })

const validateRequirement = (
  path: string,
  { key, operator, values = [] }: LabelSelectorRequirement,
): readonly FieldError[] => {
  const needsValues = operator === 'In' || operator === 'NotIn'
  const inValues = values.flatMap((value, index) => {
    const problem = labelValueProblem(value)
    return problem === undefined ? [] : [invalid(item(child(path, 'values'), index), value, problem)]
  })
  return [
    ...keyErrors(child(path, 'key'), key),
    ...(['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator)
      ? []
      : [
          invalid(
            child(path, 'operator'),
            operator,
            'not a valid selector operator; write In, NotIn, Exists or DoesNotExist',
          ),
        ]),
    ...(needsValues && values.length === 0
      ? [required(child(path, 'values'), "must be specified when `operator` is 'In' or 'NotIn'")]
      : []),
    ...(!needsValues && values.length > 0
      ? [
          invalid(
            child(path, 'values'),
            values.join(','),
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
          ),
        ]
      : []),
    ...inValues,
  ]
}

export const validateLabelSelector = (path: string, selector: LabelSelector): readonly FieldError[] => [
  ...validateLabels(child(path, 'matchLabels'), selector.matchLabels),
  ...itemsAt(child(path, 'matchExpressions'), selector.matchExpressions).flatMap((requirement) =>
    validateRequirement(requirement.path, requirement.value),
  ),
]
