/** Admission webhooks: what they select. */
import { objectsAt, textAt, textMapAt, textsAt, wholeOf } from '../mesh/translate/json-reader.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import { selectsLabels } from '../resources/meta/label-selector.ts'
import type { LabelSelectorRequirement } from '../resources/meta/label-selector.ts'
import type { AnalysisObject } from './object-set.ts'
import type { Labels } from './selector.ts'

/** The webhooks of a configuration object: they stand at its top level. */
export const webhooksOf = ({ object }: AnalysisObject): readonly JsonObject[] =>
  objectsAt(wholeOf(object), 'webhooks')

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const

const readRequirement = (expression: JsonObject): LabelSelectorRequirement | undefined => {
  const operator = OPERATORS.find((known) => known === textAt(expression, 'operator'))
  if (operator === undefined) return undefined
  return { key: textAt(expression, 'key') ?? '', operator, values: textsAt(expression, 'values') }
}

/** True when a webhook's selector selects these labels; an absent one selects everything, a malformed one nothing. */
export const webhookSelects = (selector: JsonObject | undefined, labels: Labels): boolean => {
  if (selector === undefined) return true
  const requirements = objectsAt(selector, 'matchExpressions').map(readRequirement)
  const matchExpressions = requirements.filter((requirement) => requirement !== undefined)
  return (
    matchExpressions.length === requirements.length &&
    selectsLabels({ matchLabels: textMapAt(selector, 'matchLabels'), matchExpressions }, labels)
  )
}
