/** `status.conditions`: set, find and remove, keeping the time of the last transition. */
import { jsonEqual } from '../primitives/json-value.ts'
import type { Condition } from '../resources/kube-object.ts'

/**
 * The list with `condition` in it; `lastTransitionTime` is `now` (RFC 3339) when the status is new or changed, else kept.
 * Returns the same list when nothing changed, so that callers can skip the write.
 */
export const setCondition = (
  conditions: readonly Condition[] | undefined,
  condition: Condition,
  now: string,
): readonly Condition[] => {
  const list = conditions ?? []
  const current = findCondition(list, condition.type)
  const kept = current?.status === condition.status ? current.lastTransitionTime : undefined
  const next: Condition = { ...condition, lastTransitionTime: kept ?? condition.lastTransitionTime ?? now }
  if (current === undefined) return [...list, next]
  if (jsonEqual(current, next)) return list
  return list.map((each) => (each.type === condition.type ? next : each))
}

export const findCondition = (
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined => conditions?.find((condition) => condition.type === type)

export const isConditionTrue = (conditions: readonly Condition[] | undefined, type: string): boolean =>
  findCondition(conditions, type)?.status === 'True'

/** Returns the same list when the condition is not there. */
export const removeCondition = (conditions: readonly Condition[], type: string): readonly Condition[] =>
  findCondition(conditions, type) === undefined ? conditions : conditions.filter((each) => each.type !== type)
