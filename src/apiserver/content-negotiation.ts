/** Reads the Accept header: which representation of objects a client wants. */
import type { ApiError } from '../machinery/api-error.ts'
import { fail, ok, type Result } from '../primitives/result.ts'
import { notAcceptable } from '../machinery/status-errors.ts'
import { protobufMediaType } from './protobuf/decode-object.ts'

export type IncludeObject = 'None' | 'Metadata' | 'Object'

/** What of the objects goes out: all, kubectl's rows, or metadata alone. */
export type Representation =
  | { readonly as: 'Object' }
  | { readonly as: 'Table'; readonly includeObject: IncludeObject }
  | { readonly as: 'PartialObjectMetadata' }

export interface Negotiated {
  readonly representation: Representation
  readonly encoding: 'json' | 'yaml' | 'protobuf'
}

export interface MediaType {
  /** `application/json`, in lower case. */
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
}

const parameterOf = (part: string): readonly [string, string] => {
  const equals = part.indexOf('=')
  return equals < 0
    ? [part.trim().toLowerCase(), '']
    : [
        part.slice(0, equals).trim().toLowerCase(),
        part
          .slice(equals + 1)
          .trim()
          .replace(/^"(.*)"$/, '$1'),
      ]
}

/** The media types of an Accept (or Content-Type) header, the preferred first. */
export const parseMediaTypes = (header: string): readonly MediaType[] =>
  header
    .split(',')
    .map((item) => item.split(';'))
    .map(([type = '', ...parameters]) => ({
      type: type.trim().toLowerCase(),
      parameters: Object.fromEntries(parameters.map(parameterOf)),
    }))
    .filter((media) => media.type !== '')
    .toSorted((left, right) => Number(right.parameters['q'] ?? 1) - Number(left.parameters['q'] ?? 1))

const accepted = ['application/json', 'application/yaml', protobufMediaType]

const encodingOf = (type: string): Negotiated['encoding'] | undefined => {
  switch (type) {
    case 'application/json':
    case 'application/*':
    case '*/*':
      return 'json'
    case 'application/yaml':
    case 'application/x-yaml':
      return 'yaml'
    case protobufMediaType:
      return 'protobuf'
    default:
      return undefined
  }
}

const includeObjectOf = (value: string | null): IncludeObject =>
  value === 'None' || value === 'Object' ? value : 'Metadata'

const representationOf = (media: MediaType, query: URLSearchParams): Representation | undefined => {
  const { as, g: group, v: version } = media.parameters
  if (as === undefined) return { as: 'Object' }
  if (group !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined
  switch (as) {
    case 'Table':
      return { as: 'Table', includeObject: includeObjectOf(query.get('includeObject')) }
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList':
      return { as: 'PartialObjectMetadata' }
    default:
      return undefined
  }
}

// Objects are stored as JSON: protobuf is for those clients that take nothing else, and Tables have none.
const isCheap = ({ encoding }: Negotiated): boolean => encoding !== 'protobuf'
const isPossible = ({ encoding, representation }: Negotiated): boolean =>
  encoding !== 'protobuf' || representation.as !== 'Table'

/** The first media type of the header that this server has, protobuf after all others; 406 when there is none. */
export const negotiate = (
  header: string | undefined,
  query: URLSearchParams,
): Result<Negotiated, ApiError> => {
  if (header === undefined || header.trim() === '') {
    return ok({ representation: { as: 'Object' }, encoding: 'json' })
  }
  const choices = parseMediaTypes(header).flatMap((media): Negotiated[] => {
    const encoding = encodingOf(media.type)
    const representation = representationOf(media, query)
    return encoding === undefined || representation === undefined ? [] : [{ representation, encoding }]
  })
  const choice = choices.find(isCheap) ?? choices.find(isPossible)
  return choice === undefined ? fail(notAcceptable(accepted)) : ok(choice)
}
