/** From JSON to a protobuf message: the way back of decode-message.ts. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { isJsonObject, type JsonObject, type JsonValue } from '../../primitives/json-value.ts'
import { messageNamed } from './all-messages.ts'
import { fieldsOf, type Field, type FieldText, type Message } from './messages/message.ts'
import { wellKnownTypes } from './well-known-types.ts'

const delimited = (writer: BinaryWriter, number: number): BinaryWriter =>
  writer.tag(number, WireType.LengthDelimited)

/** Writes one value; validated objects hold no value of another type, of others nothing is written. */
const writeValue = (writer: BinaryWriter, field: Field, value: JsonValue): void => {
  const { number, type } = field
  switch (type) {
    case 'bool':
      if (typeof value === 'boolean') writer.tag(number, WireType.Varint).bool(value)
      return
    case 'int':
      if (Number.isSafeInteger(value)) writer.tag(number, WireType.Varint).int64(Number(value))
      return
    case 'string':
      if (typeof value === 'string') delimited(writer, number).string(value)
      return
    case 'bytes':
      if (typeof value === 'string') delimited(writer, number).bytes(Buffer.from(value, 'base64'))
      return
  }
  const wellKnown = wellKnownTypes[type]
  if (wellKnown !== undefined) {
    delimited(writer, number).bytes(encodeMessage(wellKnown.fields, wellKnown.fromJson(value)))
  } else if (isJsonObject(value)) {
    delimited(writer, number).bytes(encodeMessage(messageNamed(type), value))
  }
}

const writeMap = (writer: BinaryWriter, field: Field, map: JsonValue): void => {
  const valueText: FieldText = `2 !${field.type}`
  const entry: Message = { key: '1 !string', value: valueText }
  for (const [key, value] of Object.entries(isJsonObject(map) ? map : {})) {
    delimited(writer, field.number).bytes(encodeMessage(entry, { key, value }))
  }
}

const writeField = (writer: BinaryWriter, field: Field, object: JsonObject): void => {
  const value = field.shape === 'inline' ? object : object[field.name]
  if (value === undefined || value === null) return
  switch (field.shape) {
    case 'single':
    case 'inline':
      return writeValue(writer, field, value)
    case 'list': {
      const items: readonly JsonValue[] = Array.isArray(value) ? value : []
      for (const item of items) writeValue(writer, field, item)
      return
    }
    case 'map':
      return writeMap(writer, field, value)
  }
}

/** The message of an object; what the message has no field for is left out. */
export const encodeMessage = (message: Message, object: JsonObject): Uint8Array => {
  const writer = new BinaryWriter()
  for (const field of fieldsOf(message).byNumber.values()) writeField(writer, field, object)
  return writer.finish()
}
