/** JSON pointers (RFC 6901) and changes at their place, on immutable values. */
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'

/** The reference tokens of a pointer; undefined when it does not begin with a slash. */
export const parsePointer = (pointer: string): readonly string[] | undefined => {
  if (pointer === '') return []
  if (!pointer.startsWith('/')) return undefined
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

export const formatPointer = (tokens: readonly string[]): string =>
  tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** An index into an array of `length` values; `-` is the place after the last. Undefined for any other text. */
export const arrayIndex = (token: string, length: number): number | undefined => {
  if (token === '-') return length
  return /^(0|[1-9]\d*)$/.test(token) ? Number(token) : undefined
}

export const childAt = (value: JsonValue, token: string): JsonValue | undefined => {
  if (Array.isArray(value)) {
    const index = arrayIndex(token, value.length)
    return index === undefined ? undefined : (value as readonly JsonValue[])[index]
  }
  return isJsonObject(value) && Object.hasOwn(value, token) ? value[token] : undefined
}

export const valueAt = (value: JsonValue, tokens: readonly string[]): JsonValue | undefined => {
  let current: JsonValue | undefined = value
  for (const token of tokens) {
    if (current === undefined) return undefined
    current = childAt(current, token)
  }
  return current
}

export const withProperty = (object: JsonObject, key: string, value: JsonValue): JsonObject => ({
  ...object,
  [key]: value,
})

export const withoutProperty = (object: JsonObject, key: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([each]) => each !== key))
