/** JSON whose null fields are absent ones, as Kubernetes' own types read it. */
import { isJsonObject } from './json-value.ts'
import type { JsonObject, JsonValue } from './json-value.ts'

const valueWithoutNulls = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value
    const kept = items.map(valueWithoutNulls)
    return kept.every((item, index) => item === items[index]) ? items : kept
  }
  return isJsonObject(value) ? withoutNulls(value) : value
}

/** The object without null fields at any depth; items of lists stay. The same object when it has none. */
export const withoutNulls = (object: JsonObject): JsonObject => {
  const entries = Object.entries(object)
  const kept = entries.flatMap(([key, value]): [string, JsonValue][] =>
    value === null ? [] : [[key, valueWithoutNulls(value)]],
  )
  const isSame = kept.length === entries.length && kept.every(([key, value]) => value === object[key])
  return isSame ? object : Object.fromEntries(kept)
}
