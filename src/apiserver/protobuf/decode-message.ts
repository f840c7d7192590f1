/** From a protobuf message to the JSON that Go would write for it: zeros without meaning are left out. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { isJsonObject, type JsonObject } from '../../primitives/json-value.ts'
import { messageNamed } from './all-messages.ts'
import { fieldsOf, type Field, type Message } from './messages/message.ts'
import { wellKnownTypes } from './well-known-types.ts'

/** A JSON object while it is made. */
type Building = Record<string, unknown>

/** A field whose tag has just been read. */
interface Found {
  readonly reader: BinaryReader
  readonly wireType: WireType
  readonly field: Field
}

const expectWireType = ({ field, wireType }: Found, expected: WireType): void => {
  if (wireType !== expected)
    throw new RangeError(`proto: wrong wireType = ${wireType} for field ${field.name}`)
}

const nestedBytes = (found: Found): Uint8Array => {
  expectWireType(found, WireType.LengthDelimited)
  return found.reader.bytes()
}

const isBuilding = (value: unknown): value is Building =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value of the field's type; `before`: what an earlier part of the same message holds there. */
const readValue = (found: Found, before: unknown): unknown => {
  const { reader, field } = found
  switch (field.type) {
    case 'bool':
      expectWireType(found, WireType.Varint)
      return reader.bool()
    case 'int':
      expectWireType(found, WireType.Varint)
      return Number(reader.int64())
    case 'string':
      expectWireType(found, WireType.LengthDelimited)
      return reader.string()
    case 'bytes':
      return Buffer.from(nestedBytes(found)).toString('base64')
  }
  const wellKnown = wellKnownTypes[field.type]
  if (wellKnown !== undefined) return wellKnown.toJson(decodeMessage(wellKnown.fields, nestedBytes(found)))
  const into: Building = isBuilding(before) ? before : {}
  readInto(messageNamed(field.type), nestedBytes(found), into)
  return into
}

const isZero = (value: unknown): boolean => value === '' || value === 0 || value === false

const readSingle = (found: Found, into: Building): void => {
  const { name, keepsZero } = found.field
  const value = readValue(found, into[name])
  if (value === undefined || (isZero(value) && !keepsZero)) {
    delete into[name]
  } else into[name] = value
}

const readItem = (found: Found, into: Building): void => {
  const { reader, wireType, field } = found
  const before = into[field.name]
  const list: unknown[] = Array.isArray(before) ? before : []
  into[field.name] = list
  if (field.type !== 'int' || wireType !== WireType.LengthDelimited) {
    list.push(readValue(found, undefined))
    return
  }
  const packed = new BinaryReader(reader.bytes())
  while (packed.pos < packed.len) list.push(Number(packed.int64()))
}

const zeroOf = (type: string): unknown => (type === 'quantity' ? '0' : '')

const readEntry = (found: Found, into: Building): void => {
  const { name, type } = found.field
  const entry: Building = {}
  readInto({ key: '1 !string', value: `2 !${type}` }, nestedBytes(found), entry)
  const { key = '', value = zeroOf(type) } = entry
  const before = into[name]
  const map: Building = isBuilding(before) ? before : {}
  into[name] = map
  // It would reach the prototype of whatever copies the object; see request-body.ts.
  if (key === '__proto__') throw new RangeError(`a key "__proto__" in ${name}`)
  map[String(key)] = value
}

const readField = (found: Found, into: Building): void => {
  switch (found.field.shape) {
    case 'single':
      return readSingle(found, into)
    case 'list':
      return readItem(found, into)
    case 'map':
      return readEntry(found, into)
    case 'inline':
      return readInto(messageNamed(found.field.type), nestedBytes(found), into)
  }
}

const readInto = (message: Message, bytes: Uint8Array, into: Building): void => {
  const fields = fieldsOf(message)
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag()
    const field = fields.byNumber.get(number)
    if (field === undefined) reader.skip(wireType, number)
    else readField({ reader, wireType, field }, into)
  }
  if (reader.pos > reader.len) throw new RangeError('unexpected EOF')
}

/** The JSON of a message, unknown fields skipped; throws for bytes that are no such message. */
export const decodeMessage = (message: Message, bytes: Uint8Array): JsonObject => {
  const into: Building = {}
  readInto(message, bytes, into)
  return isJsonObject(into) ? into : {}
}
