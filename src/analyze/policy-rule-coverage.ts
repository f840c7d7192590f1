/** Whether one rule of an AuthorizationPolicy takes every request of another; false where that cannot be decided. */
import { listAt, objectAt, objectsAt, textAt, textsAt } from '../mesh/translate/json-reader.ts'
import { jsonEqual } from '../primitives/json-value.ts'
import type { JsonObject } from '../primitives/json-value.ts'

/** Values of these are addresses or whole names, in which `*` at an end is no wildcard. */
const LITERAL: ReadonlySet<string> = new Set(['ipBlocks', 'remoteIpBlocks'])

/** `*` is any value, else one at either end is any text there. */
const valueCovers = (wide: string, narrow: string): boolean => {
  if (wide === narrow || wide === '*') return true
  if (wide.endsWith('*')) return !narrow.startsWith('*') && narrow.startsWith(wide.slice(0, -1))
  return wide.startsWith('*') && !narrow.endsWith('*') && narrow.endsWith(wide.slice(1))
}

const hasTemplate = (value: string): boolean => value.includes('{')

const fieldCovers = (field: string, wide: JsonObject, narrow: JsonObject): boolean => {
  if (jsonEqual(wide[field], narrow[field])) return true
  const values = textsAt(narrow, field)
  if (field.startsWith('not') || values.length === 0 || listAt(wide, field).length === 0) return false
  return values.every((value) =>
    textsAt(wide, field).some((pattern) =>
      LITERAL.has(field) || hasTemplate(pattern) ? pattern === value : valueCovers(pattern, value),
    ),
  )
}

/** A source or operation: every field that the wide one asks for must be narrowed by the other. */
const partCovers = (wide: JsonObject, narrow: JsonObject): boolean =>
  Object.keys(wide).every((field) => fieldCovers(field, wide, narrow))

const listCovers = (wide: JsonObject, narrow: JsonObject, list: string, part: string): boolean => {
  const patterns = objectsAt(wide, list).map((entry) => objectAt(entry, part) ?? {})
  const wanted = objectsAt(narrow, list).map((entry) => objectAt(entry, part) ?? {})
  return (
    patterns.length === 0 ||
    (wanted.length > 0 && wanted.every((one) => patterns.some((pattern) => partCovers(pattern, one))))
  )
}

const conditionCovers = (wide: JsonObject, narrow: JsonObject): boolean =>
  textAt(wide, 'key') === textAt(narrow, 'key') &&
  ['values', 'notValues'].every(
    (field) => listAt(wide, field).length === 0 || fieldCovers(field, wide, narrow),
  )

export const policyRuleCovers = (wide: JsonObject, narrow: JsonObject): boolean =>
  listCovers(wide, narrow, 'from', 'source') &&
  listCovers(wide, narrow, 'to', 'operation') &&
  objectsAt(wide, 'when').every((condition) =>
    objectsAt(narrow, 'when').some((other) => conditionCovers(condition, other)),
  )
