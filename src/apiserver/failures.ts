/** Kubernetes' failures in Kubernetes' words: each function gives the Status that kubectl users know. */
import type { FailureStatus, StatusCause } from '../machinery/api-error.ts'
import { fieldErrorDetail, formatFieldError } from '../resources/field-error.ts'
import type { FieldError, Kind } from '../resources/kind.ts'
import { qualifiedKind, qualifiedResource } from './kind-index.ts'

const detailsOf = (kind: Kind, name: string): { name: string; group?: string; kind: string } => ({
  name,
  ...(kind.group === '' ? {} : { group: kind.group }),
  kind: kind.plural,
})

export const badRequest = (message: string): FailureStatus => ({ code: 400, reason: 'BadRequest', message })

export const unauthorized = (): FailureStatus => ({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' })

export const notFound = (kind: Kind, name: string): FailureStatus => ({
  code: 404,
  reason: 'NotFound',
  message: `${qualifiedResource(kind)} "${name}" not found`,
  details: detailsOf(kind, name),
})

/** No such path, kind or version. */
export const unknownResource = (): FailureStatus => ({
  code: 404,
  reason: 'NotFound',
  message: 'the server could not find the requested resource',
  details: {},
})

export const methodNotAllowed = (): FailureStatus => ({
  code: 405,
  reason: 'MethodNotAllowed',
  message: 'the server does not allow this method on the requested resource',
  details: {},
})

export const alreadyExists = (kind: Kind, name: string): FailureStatus => ({
  code: 409,
  reason: 'AlreadyExists',
  message: `${qualifiedResource(kind)} "${name}" already exists`,
  details: detailsOf(kind, name),
})

export const conflict = (kind: Kind, name: string, why: string): FailureStatus => ({
  code: 409,
  reason: 'Conflict',
  message: `Operation cannot be fulfilled on ${qualifiedResource(kind)} "${name}": ${why}`,
  details: detailsOf(kind, name),
})

export const objectModified =
  'the object has been modified; please apply your changes to the latest version and try again'

export const forbidden = (
  kind: Kind,
  name: string,
  why: string,
  causes?: readonly StatusCause[],
): FailureStatus => ({
  code: 403,
  reason: 'Forbidden',
  message: `${qualifiedResource(kind)} "${name}" is forbidden: ${why}`,
  details: { ...detailsOf(kind, name), ...(causes === undefined ? {} : { causes }) },
})

export const notAcceptable = (accepted: readonly string[]): FailureStatus => ({
  code: 406,
  reason: 'NotAcceptable',
  message: `only the following media types are accepted: ${accepted.join(', ')}`,
})

export const unsupportedMediaType = (accepted: readonly string[]): FailureStatus => ({
  code: 415,
  reason: 'UnsupportedMediaType',
  message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
})

export const bodyTooLarge = (limit: number): FailureStatus => ({
  code: 413,
  reason: 'RequestEntityTooLarge',
  message: `Request entity too large: limit is ${limit}`,
})

/** A watch or continue token from before the compacted revision: the client lists again. */
export const expired = (message: string): FailureStatus => ({ code: 410, reason: 'Expired', message })

/** A resourceVersion that this server has not reached. */
export const tooLargeResourceVersion = (asked: number, current: number): FailureStatus => ({
  code: 504,
  reason: 'Timeout',
  message: `Too large resource version: ${asked}, current: ${current}`,
  details: {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  },
})

export const internalError = (message: string): FailureStatus => ({
  code: 500,
  reason: 'InternalError',
  message: `Internal error occurred: ${message}`,
  details: { causes: [{ reason: '', message }] },
})

export const serviceUnavailable = (message: string): FailureStatus => ({
  code: 503,
  reason: 'ServiceUnavailable',
  message,
})

const causeOf = (error: FieldError): StatusCause => ({
  reason: error.reason,
  message: fieldErrorDetail(error),
  field: error.field,
})

/** 422 with every field error, as Kubernetes lists them. */
export const invalid = (kind: Kind, name: string, errors: readonly FieldError[]): FailureStatus => {
  const texts = errors.map(formatFieldError)
  const listed = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
  return {
    code: 422,
    reason: 'Invalid',
    message: `${qualifiedKind(kind)} "${name}" is invalid: ${listed}`,
    details: { ...detailsOf(kind, name), kind: kind.kind, causes: errors.map(causeOf) },
  }
}

/** 422 for a patch that does not fit the object. */
export const unprocessable = (kind: Kind, name: string, why: string): FailureStatus => ({
  code: 422,
  reason: 'Invalid',
  message: `the server rejected our request due to an error in our request: ${why}`,
  details: detailsOf(kind, name),
})

/** What Istio's validation webhook answers, in its words. */
export const deniedByIstio = (errors: readonly FieldError[]): FailureStatus => ({
  code: 400,
  reason: 'BadRequest',
  message: `admission webhook "validation.istio.io" denied the request: configuration is invalid: ${istioErrors(errors)}`,
})

// Istio joins several findings as Go's hashicorp/multierror prints them.
const istioErrors = (errors: readonly FieldError[]): string => {
  const texts = errors.map((error) => (error.field === '' ? error.message : `${error.field}: ${error.message}`))
  return texts.length === 1
    ? (texts[0] ?? '')
    : `${texts.length} errors occurred:\n${texts.map((text) => `\t* ${text}\n`).join('')}\n`
}
