/** Objects as answers: one object in the representation that the client negotiated. */
import { stringify } from 'yaml'
import { notAcceptable } from '../machinery/status-errors.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { ResourceTarget } from './api-context.ts'
import { jsonType, orThrow, refuse, type ApiRequest, type BodyAnswer } from './api-request.ts'
import { negotiate, type Negotiated, type Representation } from './content-negotiation.ts'
import { protobufMediaType } from './protobuf/decode-object.ts'
import { encodeProtobufObject, hasProtobuf } from './protobuf/encode-object.ts'
import { servedText } from './stored-object.ts'
import { partialObject, tableOf } from './table.ts'

/** What the client's Accept header asks for; throws the ApiError 406. */
export const negotiated = (request: ApiRequest): Negotiated =>
  orThrow(negotiate(request.headers['accept'], request.query))

/** What objects without a protobuf encoding can be sent as. */
const acceptedWithoutProtobuf = ['application/json', 'application/yaml']

/** Throws 406 for a request whose answer could not be sent, before anything is read or written. */
export const requireAcceptable = (target: ResourceTarget, request: ApiRequest): void => {
  const { representation, encoding } = negotiated(request)
  if (encoding !== 'protobuf' || representation.as === 'PartialObjectMetadata') return
  if (!hasProtobuf(target.apiVersion, target.kind.kind)) refuse(notAcceptable(acceptedWithoutProtobuf))
}

const protobufAnswer = (code: number, json: string): BodyAnswer => {
  const object: JsonObject = JSON.parse(json)
  const body = encodeProtobufObject(object) ?? refuse(notAcceptable(acceptedWithoutProtobuf))
  return { kind: 'body', code, contentType: protobufMediaType, body }
}

/** JSON text in the negotiated encoding; throws 406 where its kind has none in protobuf. */
export const encodedAnswer = (code: number, json: string, encoding: Negotiated['encoding']): BodyAnswer => {
  switch (encoding) {
    case 'json':
      return { kind: 'body', code, contentType: jsonType, body: json }
    case 'yaml':
      return { kind: 'body', code, contentType: 'application/yaml', body: stringify(JSON.parse(json)) }
    case 'protobuf':
      return protobufAnswer(code, json)
  }
}

/** One object's JSON text in a representation. `now`: milliseconds since the epoch, for ages. */
export const objectText = (
  kind: Kind,
  object: KubeObject,
  representation: Representation,
  now: number,
): string => {
  switch (representation.as) {
    case 'Object':
      return JSON.stringify(object)
    case 'PartialObjectMetadata':
      return JSON.stringify(partialObject(object))
    case 'Table': {
      const metadata = { resourceVersion: object.metadata.resourceVersion ?? '' }
      const { includeObject } = representation
      return JSON.stringify(tableOf(kind, [object], { includeObject, now, metadata }))
    }
  }
}

/** An answer with one object. */
export const objectAnswer = (
  code: number,
  object: KubeObject,
  options: { readonly kind: Kind; readonly request: ApiRequest; readonly now: number },
): BodyAnswer => {
  const { representation, encoding } = negotiated(options.request)
  return encodedAnswer(code, objectText(options.kind, object, representation, options.now), encoding)
}

/** An answer with one stored object, without parsing it when the client wants it whole. */
export const storedAnswer = (
  stored: { readonly value: string; readonly revision: number },
  options: {
    readonly kind: Kind
    readonly apiVersion: string
    readonly request: ApiRequest
    readonly now: number
  },
): BodyAnswer => {
  const text = servedText(options.kind, options.apiVersion, stored)
  const { representation, encoding } = negotiated(options.request)
  if (representation.as === 'Object') return encodedAnswer(200, text, encoding)
  const object: KubeObject = JSON.parse(text)
  return encodedAnswer(200, objectText(options.kind, object, representation, options.now), encoding)
}
