/** The methods that an HTTP rule takes, where its matches name them. */
import { listAt, objectAt, objectsAt, textAt } from '../mesh/translate/json-reader.ts'
import type { JsonObject } from '../primitives/json-value.ts'

/** Undefined when a match takes any method, or one by prefix or regular expression. */
export const exactMethods = (rule: JsonObject): readonly string[] | undefined => {
  const methods = objectsAt(rule, 'match').map((match) => textAt(objectAt(match, 'method'), 'exact'))
  const known = methods.filter((method) => method !== undefined)
  return listAt(rule, 'match').length === 0 || known.length < methods.length ? undefined : [...new Set(known)]
}
