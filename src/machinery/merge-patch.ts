/** JSON merge patch (RFC 7386). */
import { isJsonObject, type JsonObject, type JsonValue, jsonEqual } from '../primitives/json-value.ts'

/** RFC 7386 section 2: objects merge, null removes, anything else replaces. Total: every patch fits every target. */
export const applyMergePatch = (target: JsonValue, patch: JsonValue): JsonValue => {
  if (!isJsonObject(patch)) return patch
  const base: JsonObject = isJsonObject(target) ? target : {}
  const merged = new Map(Object.entries(base))
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key)
    else merged.set(key, applyMergePatch(merged.get(key) ?? null, value))
  }
  return Object.fromEntries(merged)
}

/** The smallest merge patch that makes `target` of `source`; exact as long as `target` holds no null in an object. */
export const createMergePatch = (source: JsonValue, target: JsonValue): JsonValue => {
  if (!isJsonObject(source) || !isJsonObject(target)) return target
  const entries: [string, JsonValue][] = []
  for (const key of Object.keys(source)) if (!Object.hasOwn(target, key)) entries.push([key, null])
  for (const [key, value] of Object.entries(target)) {
    const before = Object.hasOwn(source, key) ? source[key] : undefined
    if (before === undefined) entries.push([key, value])
    else if (!jsonEqual(before, value)) entries.push([key, createMergePatch(before, value)])
  }
  return Object.fromEntries(entries)
}
