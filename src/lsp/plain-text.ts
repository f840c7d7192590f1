import type { JsonValue } from '../primitives/json-value.ts'

/** A value as it is written in a manifest: text without quotes. */
export const plainText = (value: JsonValue): string =>
  typeof value === 'string' ? value : JSON.stringify(value)
