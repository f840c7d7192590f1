/** Kubernetes' protobuf bodies: `k8s\0`, then a runtime.Unknown that names the kind and holds its message. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { CodedError, messageOf } from '../../primitives/coded-error.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import { messageOfKind } from './all-messages.ts'
import { decodeMessage } from './decode-message.ts'

export const protobufMediaType = 'application/vnd.kubernetes.protobuf'

export type ProtobufFailure =
  | { readonly reason: 'malformed'; readonly message: string }
  /** The server has no message for the kind: of custom resources there are none. */
  | { readonly reason: 'unknown-kind'; readonly apiVersion: string; readonly kind: string }

export const protobufPrefix: Buffer = Buffer.from('k8s\0', 'latin1')

interface Unknown {
  readonly apiVersion: string
  readonly kind: string
  readonly raw: Uint8Array
}

/** The texts and bytes of a message's fields by number, the last of each; throws when malformed. */
const delimitedFields = (bytes: Uint8Array): ReadonlyMap<number, Uint8Array> => {
  const reader = new BinaryReader(bytes)
  const fields = new Map<number, Uint8Array>()
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag()
    if (wireType === WireType.LengthDelimited) fields.set(number, reader.bytes())
    else reader.skip(wireType, number)
  }
  return fields
}

const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8')

// Fields of runtime.Unknown and runtime.TypeMeta: k8s.io/apimachinery/pkg/runtime/generated.proto.
const readUnknown = (bytes: Uint8Array): Unknown => {
  const unknown = delimitedFields(bytes)
  const typeMeta = delimitedFields(unknown.get(1) ?? new Uint8Array())
  const encoding = textOf(unknown.get(3))
  if (encoding !== '') throw new RangeError(`contentEncoding ${JSON.stringify(encoding)} is not supported`)
  return {
    apiVersion: textOf(typeMeta.get(1)),
    kind: textOf(typeMeta.get(2)),
    raw: unknown.get(2) ?? new Uint8Array(),
  }
}

/** A result of what throws for malformed bytes; bugs go on as they are. */
const attempt = <T>(read: () => T, describe: (why: string) => string): Result<T, ProtobufFailure> => {
  try {
    return ok(read())
  } catch (error) {
    if (error instanceof CodedError) throw error
    return fail({ reason: 'malformed', message: describe(messageOf(error)) })
  }
}

/** The object of a body as JSON, with apiVersion and kind. */
export const decodeProtobufObject = (body: Uint8Array): Result<JsonObject, ProtobufFailure> => {
  if (!protobufPrefix.equals(body.subarray(0, protobufPrefix.length))) {
    const message = `provided data does not appear to be a protobuf message, expected prefix [${[...protobufPrefix].join(' ')}]`
    return fail({ reason: 'malformed', message })
  }
  const unknown = attempt(
    () => readUnknown(body.subarray(protobufPrefix.length)),
    (why) => `the object provided is unrecognized (must be valid protobuf): ${why}`,
  )
  if (!unknown.ok) return unknown
  const { apiVersion, kind, raw } = unknown.value
  const message = messageOfKind(apiVersion, kind)
  if (message === undefined) return fail({ reason: 'unknown-kind', apiVersion, kind })
  return attempt(
    () => ({ apiVersion, kind, ...decodeMessage(message, raw) }),
    (why) => `${kind} in version "${apiVersion.replace(/^.*\//, '')}" cannot be handled as a ${kind}: ${why}`,
  )
}
