/** Objects as answers: one object in the representation that the client negotiated. */
import { stringify } from 'yaml'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { jsonType, orThrow, type ApiRequest, type BodyAnswer } from './api-request.ts'
import { negotiate, type Negotiated, type Representation } from './content-negotiation.ts'
import { servedText } from './stored-object.ts'
import { partialObject, tableOf } from './table.ts'

/** What the client's Accept header asks for; throws the ApiError 406. */
export const negotiated = (request: ApiRequest): Negotiated =>
  orThrow(negotiate(request.headers['accept'], request.query))

/** JSON text in the negotiated encoding. */
export const encodedAnswer = (code: number, json: string, encoding: Negotiated['encoding']): BodyAnswer =>
  encoding === 'json'
    ? { kind: 'body', code, contentType: jsonType, body: json }
    : { kind: 'body', code, contentType: 'application/yaml', body: stringify(JSON.parse(json)) }

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
