/** Answers in protobuf: one object or a list, and the events of a watch. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { JsonObject, JsonValue } from '../../primitives/json-value.ts'
import { messageOfKind } from './all-messages.ts'
import { protobufPrefix } from './decode-object.ts'
import { encodeMessage } from './encode-message.ts'
import type { Message } from './messages/message.ts'

/** What a watch writes as JSON, one per line. */
interface WatchLine {
  readonly type: string
  readonly object: JsonObject
}

// k8s.io/apimachinery/pkg/runtime and pkg/apis/meta/v1, generated.proto.
const typeMeta: Message = { apiVersion: '1 string', kind: '2 string' }
const watchEvent: Message = { type: '1 string' }

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

/** `number`, the length, and the bytes of a field. */
const bytesField = (number: number, bytes: Uint8Array): Uint8Array =>
  new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(bytes).finish()

/** True when objects of this kind, and lists of them, have a protobuf encoding; custom resources have none. */
export const hasProtobuf = (apiVersion: string, kind: string): boolean =>
  messageOfKind(apiVersion, kind) !== undefined

/** The body for an object or a list, by its apiVersion and kind; undefined for a kind without a message. */
export const encodeProtobufObject = (object: JsonObject): Buffer | undefined => {
  const apiVersion = textOf(object['apiVersion'])
  const kind = textOf(object['kind'])
  const message = messageOfKind(apiVersion, kind)
  if (message === undefined) return undefined
  return Buffer.concat([
    protobufPrefix,
    bytesField(1, encodeMessage(typeMeta, { apiVersion, kind })),
    bytesField(2, encodeMessage(message, object)),
  ])
}

/** One event of a watch: its length in four bytes, then a WatchEvent with the object's body inside. */
const eventFrame = (line: string): Buffer => {
  const { type, object }: WatchLine = JSON.parse(line)
  const body = encodeProtobufObject(object) ?? Buffer.alloc(0)
  const event = Buffer.concat([encodeMessage(watchEvent, { type }), bytesField(2, bytesField(1, body))])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(event.length)
  return Buffer.concat([length, event])
}

/** The events of a watch whose kind has a protobuf encoding, from its lines of JSON. */
export const protobufFrames = async function* (lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of lines) {
    yield Buffer.concat(
      text
        .split('\n')
        .filter((line) => line !== '')
        .map(eventFrame),
    )
  }
}
