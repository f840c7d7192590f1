/** Objects in Kubernetes' protobuf encoding, which typed clients and `kubectl create configmap` send. */
import type { JsonObject } from '../../primitives/json-value.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { decodeMessage } from './decode-message.ts'

export const protobufMediaType = 'application/vnd.kubernetes.protobuf'

/** Kinds that can be sent in it; others take JSON or YAML. */
const kinds: ReadonlySet<string> = new Set([
  'ConfigMap',
  'DeleteOptions',
  'Deployment',
  'Eviction',
  'Namespace',
  'Pod',
  'ReplicaSet',
  'Secret',
  'Service',
  'ServiceAccount',
])

const magic = Buffer.from('k8s\0')

interface Envelope {
  readonly apiVersion: string
  readonly kind: string
  readonly raw: Uint8Array
}

const readTypeMeta = (bytes: Uint8Array): { readonly apiVersion: string; readonly kind: string } => {
  const reader = new BinaryReader(bytes)
  let [apiVersion, kind] = ['', '']
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag()
    if (number === 1) apiVersion = reader.string()
    else if (number === 2) kind = reader.string()
    else reader.skip(wire)
  }
  return { apiVersion, kind }
}

/** `runtime.Unknown` of k8s.io/apimachinery: typeMeta=1 {apiVersion=1, kind=2}, raw=2. */
const readEnvelope = (bytes: Uint8Array): Envelope => {
  const reader = new BinaryReader(bytes)
  let [apiVersion, kind] = ['', '']
  let raw: Uint8Array = Buffer.alloc(0)
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag()
    if (wire !== WireType.LengthDelimited || number > 2) reader.skip(wire)
    else if (number === 2) raw = reader.bytes()
    else ({ apiVersion, kind } = readTypeMeta(reader.bytes()))
  }
  return { apiVersion, kind, raw }
}

export type ProtobufFailure =
  | { readonly reason: 'malformed'; readonly message: string }
  | { readonly reason: 'unknown-kind' }

/** The object as JSON with its apiVersion and kind. */
export const decodeProtobufObject = (body: Uint8Array): Result<JsonObject, ProtobufFailure> => {
  if (!magic.equals(body.subarray(0, magic.length))) {
    return fail({ reason: 'malformed', message: 'it does not begin with "k8s\\0"' })
  }
  try {
    const { apiVersion, kind, raw } = readEnvelope(body.subarray(magic.length))
    if (!kinds.has(kind)) return fail({ reason: 'unknown-kind' })
    return ok({ apiVersion, kind, ...decodeMessage(kind, raw) })
  } catch (error) {
    return fail({ reason: 'malformed', message: messageOf(error) })
  }
}
