/** What the `format` of a schema asks of a value. */
import type { JsonValue } from '../primitives/json-value.ts'
import { parseTimestamp } from '../primitives/timestamp.ts'

const QUANTITY = /^[+-]?(?:\d+|\d+\.\d*|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const INT32_LIMIT = 2 ** 31

const textProblem = (format: string, text: string): string | undefined => {
  switch (format) {
    case 'date-time':
      return parseTimestamp(text) === undefined
        ? 'must be a time in RFC 3339, such as 2026-01-31T12:00:00Z'
        : undefined
    case 'byte':
      return BASE64.test(text.replaceAll(/[\r\n]/g, '')) ? undefined : 'must be base64'
    case 'quantity':
      return QUANTITY.test(text) ? undefined : 'must be a quantity, such as 500m, 1.5 or 128Mi'
    default:
      return undefined
  }
}

/** What is wrong with a value of a format, and what to write; undefined when nothing is. */
export const formatProblem = (format: string, value: JsonValue): string | undefined => {
  if (typeof value === 'string') return textProblem(format, value)
  if (typeof value !== 'number') return undefined
  if (format === 'int32' && (value >= INT32_LIMIT || value < -INT32_LIMIT)) {
    return 'must be a 32-bit integer, from -2147483648 to 2147483647'
  }
  return format === 'int64' && !Number.isSafeInteger(value)
    ? 'must be an integer of at most 53 bits'
    : undefined
}
