/** Messages of Kubernetes' protobuf encoding to the JSON that the same Go value has. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { isJsonObject, type JsonObject, type JsonValue } from '../../primitives/json-value.ts'
import { messageFields } from './message-fields.ts'

interface Field {
  readonly name: string
  readonly type: string
  /** `[]`, `{}`, or one value. */
  readonly shape: 'list' | 'map' | 'one'
  readonly isPointer: boolean
}

const fieldsOf = (message: string): ReadonlyMap<number, Field> =>
  new Map(
    (messageFields[message] ?? '')
      .trim()
      .split(/\s+/)
      .map((text): [number, Field] => {
        const [, number, name = '', pointer, shape, type = ''] =
          /^(\d+)=([^:]+):(\*?)(\[\]|\{\})?(\w+)$/.exec(text) ?? []
        return [
          Number(number),
          {
            name,
            type,
            shape: shape === '[]' ? 'list' : shape === '{}' ? 'map' : 'one',
            isPointer: pointer === '*',
          },
        ]
      }),
  )

/** The raw fields of a message with few of them: number to value. */
const rawFields = (bytes: Uint8Array): ReadonlyMap<number, number | Uint8Array> => {
  const reader = new BinaryReader(bytes)
  const found = new Map<number, number | Uint8Array>()
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag()
    if (wire === WireType.Varint) found.set(number, Number(reader.int64()))
    else if (wire === WireType.LengthDelimited) found.set(number, reader.bytes())
    else reader.skip(wire)
  }
  return found
}

const textOf = (value: number | Uint8Array | undefined): string =>
  value instanceof Uint8Array ? new TextDecoder('utf-8', { fatal: true }).decode(value) : ''

const numberOf = (value: number | Uint8Array | undefined): number => (typeof value === 'number' ? value : 0)

const intOrString = (raw: ReadonlyMap<number, number | Uint8Array>): JsonValue =>
  numberOf(raw.get(1)) === 1 ? textOf(raw.get(3)) : numberOf(raw.get(2))

// Go's zero time is the year 1, not 1970: an empty message and not zero seconds.
const timeText = (raw: ReadonlyMap<number, number | Uint8Array>): JsonValue =>
  raw.size === 0
    ? null
    : new Date(numberOf(raw.get(1)) * 1000 + Math.floor(numberOf(raw.get(2)) / 1e6))
        .toISOString()
        .replace('.000Z', 'Z')

const embedded = (type: string, bytes: Uint8Array): JsonValue => {
  switch (type) {
    case 'string':
      return textOf(bytes)
    case 'bytes':
      return Buffer.from(bytes).toString('base64')
    case 'Quantity':
      return textOf(rawFields(bytes).get(1))
    case 'IntOrString':
      return intOrString(rawFields(bytes))
    case 'Time':
      return timeText(rawFields(bytes))
    case 'FieldsV1':
      return JSON.parse(textOf(rawFields(bytes).get(1)) || '{}') as JsonValue
    default:
      return decodeMessage(type, bytes)
  }
}

const readValue = (reader: BinaryReader, wire: WireType, type: string): JsonValue | undefined => {
  if (wire === WireType.LengthDelimited) return embedded(type, reader.bytes())
  if (wire === WireType.Varint && type === 'bool') return reader.bool()
  if (wire === WireType.Varint && type === 'int') return Number(reader.int64())
  reader.skip(wire)
  return undefined
}

/** Go writes values, which have no absence, always; JSON leaves their zero out (`omitempty`). */
const isZero = (value: JsonValue): boolean =>
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  (isJsonObject(value) && Object.keys(value).length === 0)

const mapEntry = (reader: BinaryReader, type: string): readonly [string, JsonValue] => {
  const entry = new BinaryReader(reader.bytes())
  let key = ''
  let value: JsonValue = type === 'string' || type === 'bytes' ? '' : {}
  while (entry.pos < entry.len) {
    const [number, wire] = entry.tag()
    if (number === 1) key = entry.string()
    else value = readValue(entry, wire, type) ?? value
  }
  // It would reach the prototype of whatever copies the object.
  if (key === '__proto__') throw new RangeError('a map has a key "__proto__"')
  return [key, value]
}

const listAt = (object: JsonObject, name: string): JsonValue[] => {
  const before = object[name]
  return Array.isArray(before) ? [...before] : []
}

const mapAt = (object: JsonObject, name: string): JsonObject => {
  const before = object[name]
  return isJsonObject(before) ? before : {}
}

/**
 * The JSON of one message. Fields that the table does not know are left out, as in Kubernetes.
 * Throws where the bytes are no such message.
 */
export const decodeMessage = (message: string, bytes: Uint8Array): JsonObject => {
  const fields = fieldsOf(message)
  const reader = new BinaryReader(bytes)
  let object: JsonObject = {}
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag()
    const field = fields.get(number)
    if (field === undefined || field.type === 'unread') {
      reader.skip(wire)
      continue
    }
    const { name, type, shape, isPointer } = field
    if (shape === 'map') {
      const [key, value] = mapEntry(reader, type)
      object = { ...object, [name]: { ...mapAt(object, name), [key]: value } }
      continue
    }
    const value = readValue(reader, wire, type)
    if (value === undefined) continue
    if (name === '^') object = { ...object, ...(isJsonObject(value) ? value : {}) }
    else if (shape === 'list') object = { ...object, [name]: [...listAt(object, name), value] }
    else if (isPointer || !isZero(value)) object = { ...object, [name]: value }
  }
  return object
}
