/** Messages that Kubernetes writes in JSON as one value: quantities, times, ports and raw JSON. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../primitives/json-value.ts'
import type { Message } from './messages/message.ts'

export interface WellKnownType {
  readonly fields: Message
  /** Undefined: no value, e.g. the zero time. Throws when the fields hold none. */
  readonly toJson: (fields: JsonObject) => JsonValue | undefined
  readonly fromJson: (value: JsonValue) => JsonObject
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')
const numberOf = (value: JsonValue | undefined): number => (typeof value === 'number' ? value : 0)

/** RFC 3339 in UTC with this many digits of the second. */
const timestamp = (digits: 0 | 6): WellKnownType => ({
  fields: { seconds: '1 !int', nanos: '2 !int' },
  toJson: ({ seconds, nanos }) => {
    // Go writes the zero time as a message without fields, the epoch with both.
    if (seconds === undefined && nanos === undefined) return undefined
    const whole = new Date(numberOf(seconds) * 1000).toISOString().slice(0, -'.000Z'.length)
    if (!/^\d{4}-/.test(whole)) throw new RangeError('a time beyond the years 0 to 9999')
    const micros = Math.floor(numberOf(nanos) / 1000)
    return digits === 0 ? `${whole}Z` : `${whole}.${String(micros).padStart(digits, '0')}Z`
  },
  fromJson: (value) => {
    const text = textOf(value)
    const milliseconds = Date.parse(text)
    if (Number.isNaN(milliseconds)) return {}
    const fraction = /\.(?<digits>\d+)/.exec(text)?.groups?.['digits'] ?? ''
    return { seconds: Math.floor(milliseconds / 1000), nanos: Number(fraction.slice(0, 9).padEnd(9, '0')) }
  },
})

const quantity: WellKnownType = {
  fields: { string: '1 string' },
  toJson: (fields) => fields['string'] ?? '0',
  fromJson: (value) => ({ string: typeof value === 'number' ? String(value) : textOf(value) }),
}

const intOrString: WellKnownType = {
  fields: { type: '1 int', intVal: '2 int', strVal: '3 string' },
  toJson: ({ type, intVal, strVal }) => (type === 1 ? (strVal ?? '') : (intVal ?? 0)),
  fromJson: (value) =>
    typeof value === 'string' ? { type: 1, strVal: value } : { type: 0, intVal: numberOf(value) },
}

// What would reach the prototype of whatever copies the object; see request-body.ts.
const refusePrototype = (_key: string, value: unknown): unknown => {
  if (isJsonObject(value) && Object.hasOwn(value, '__proto__')) throw new SyntaxError('a field "__proto__"')
  return value
}

/** FieldsV1 and RawExtension: JSON as bytes. */
const rawJson: WellKnownType = {
  fields: { raw: '1 string' },
  toJson: ({ raw }) => {
    if (raw === undefined) return undefined
    const value: JsonValue = JSON.parse(textOf(raw), refusePrototype)
    return value
  },
  fromJson: (value) => ({ raw: JSON.stringify(value) }),
}

export const wellKnownTypes: Readonly<Record<string, WellKnownType>> = {
  quantity,
  time: timestamp(0),
  microTime: timestamp(6),
  intOrString,
  rawJson,
}
