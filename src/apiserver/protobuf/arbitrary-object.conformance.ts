/** Random objects of any message, as JSON has them: zeros only where they are meant, no empty lists or maps. */
import { fc } from '@fast-check/vitest'
import type { JsonObject, JsonValue } from '../../primitives/json-value.ts'
import { messageNamed } from './all-messages.ts'
import { fieldsOf, type Field } from './messages/message.ts'

/** The fields of a message as they stand in JSON: those of inlined messages among them. */
export const jsonFields = (name: string): readonly Field[] =>
  [...fieldsOf(messageNamed(name)).byNumber.values()].flatMap((field) =>
    field.shape === 'inline' ? jsonFields(field.type) : [field],
  )

const seconds = fc.date({
  min: new Date('0001-01-02T00:00:00Z'),
  max: new Date('9999-12-31T00:00:00Z'),
  noInvalidDate: true,
})
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
const int = fc.oneof(fc.integer(), fc.maxSafeInteger()).filter((value) => value !== 0)
const micros = fc.nat(999_999).map((value) => String(value).padStart(6, '0'))

const valueOfType = (type: string): fc.Arbitrary<JsonValue> => {
  switch (type) {
    case 'string':
      return text
    case 'bool':
      return fc.constant(true)
    case 'int':
      return int
    case 'bytes':
      return fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes).toString('base64'))
    case 'quantity':
      return fc.constantFrom('0', '1', '500m', '128Mi', '2k')
    case 'time':
      return seconds.map((date) => `${date.toISOString().slice(0, 19)}Z`)
    case 'microTime':
      return fc.tuple(seconds, micros).map(([date, part]) => `${date.toISOString().slice(0, 19)}.${part}Z`)
    case 'intOrString':
      return fc.oneof(fc.integer({ min: 1 }), text)
    case 'rawJson':
      return fc.constant({ 'f:spec': { 'f:replicas': {}, '.': {} } })
    default:
      return arbitraryObject(type)
  }
}

const zeroOfType = (type: string): JsonValue => {
  if (type === 'string') return ''
  return type === 'bool' ? false : 0
}

const valueOfField = ({ shape, type, keepsZero }: Field): fc.Arbitrary<JsonValue> => {
  const value = valueOfType(type)
  if (shape === 'list') return fc.array(value, { minLength: 1, maxLength: 3 })
  if (shape === 'map') {
    const keys = text.filter((key) => key !== '__proto__')
    return fc.dictionary(keys, value, { minKeys: 1, maxKeys: 3, noNullPrototype: true })
  }
  return keepsZero ? fc.oneof(value, fc.constant(zeroOfType(type))) : value
}

/** An object of a message with a few of its fields. */
export const arbitraryObject = (name: string): fc.Arbitrary<JsonObject> => {
  const fields = [...jsonFields(name)]
  return fc
    .shuffledSubarray(fields, { maxLength: Math.min(fields.length, 5) })
    .chain((some) => fc.record(Object.fromEntries(some.map((field) => [field.name, valueOfField(field)]))))
}
