/** Every failure the API server gives, in the words of Kubernetes 1.32 (apimachinery api/errors). They are returned, not thrown. */
import { fieldErrorDetail } from '../resources/field-error.ts'
import type { FieldError } from '../resources/kind.ts'
import { ApiError, type FailureStatus, type StatusCause, type StatusDetails } from './api-error.ts'
import type { PatchFailure } from './patch-failure.ts'

/** A resource as messages name it: `pods`, `deployments.apps`. */
export interface GroupResource {
  readonly group: string
  readonly plural: string
}

export interface GroupKind {
  readonly group: string
  readonly kind: string
}

const failure = (code: number, reason: string, message: string, details?: StatusDetails): ApiError =>
  new ApiError({
    code,
    reason,
    message,
    ...(details === undefined ? {} : { details }),
  } satisfies FailureStatus)

/** `pods` or `deployments.apps`. */
export const qualifiedResource = ({ group, plural }: GroupResource): string =>
  group === '' ? plural : `${plural}.${group}`

const qualifiedKind = ({ group, kind }: GroupKind): string => (group === '' ? kind : `${kind}.${group}`)

const about = (resource: GroupResource, name?: string): StatusDetails => ({
  ...(name === undefined || name === '' ? {} : { name }),
  ...(resource.group === '' ? {} : { group: resource.group }),
  kind: resource.plural,
})

const quote = JSON.stringify

export const notFound = (resource: GroupResource, name: string): ApiError =>
  failure(404, 'NotFound', `${qualifiedResource(resource)} ${quote(name)} not found`, about(resource, name))

/** No such path: an unknown group, version, plural or subresource. */
export const pathNotFound = (): ApiError =>
  failure(404, 'NotFound', 'the server could not find the requested resource', {})

export const alreadyExists = (resource: GroupResource, name: string): ApiError =>
  failure(
    409,
    'AlreadyExists',
    `${qualifiedResource(resource)} ${quote(name)} already exists`,
    about(resource, name),
  )

/** All names that were made from generateName were taken. */
export const generateNameConflict = (resource: GroupResource, name: string): ApiError =>
  failure(
    409,
    'AlreadyExists',
    `${qualifiedResource(resource)} ${quote(name)} already exists, the server was not able to generate a unique name for the object`,
    { ...about(resource, name), retryAfterSeconds: 1 },
  )

/** Conflict with Kubernetes' sentence for a resourceVersion that is no longer the object's, unless `why` is given. */
export const conflict = (
  resource: GroupResource,
  name: string,
  why = 'the object has been modified; please apply your changes to the latest version and try again',
): ApiError =>
  failure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedResource(resource)} ${quote(name)}: ${why}`,
    about(resource, name),
  )

/** A DeleteOptions precondition that does not hold. */
export const uidPreconditionWhy = (wanted: string, actual: string): string =>
  `the UID in the precondition (${wanted}) does not match the UID in record (${actual}). The object might have been deleted and then recreated`

export const resourceVersionPreconditionWhy = (wanted: string, actual: string): string =>
  `the ResourceVersion in the precondition (${wanted}) does not match the ResourceVersion in record (${actual}). The object might have been modified`

/** `causes` and `message` come from the apply (server-side-apply.ts). */
export const applyConflict = (message: string, causes: readonly StatusCause[]): ApiError =>
  failure(409, 'Conflict', message, { causes })

/** `Deployment.apps "x" is invalid: spec.replicas: Invalid value: -1: ...`. */
export const invalid = (kind: GroupKind, name: string, errors: readonly FieldError[]): ApiError => {
  const causes = errors.map((error): StatusCause => ({
    reason: error.reason,
    message: fieldErrorDetail(error),
    field: error.field,
  }))
  const texts = [...new Set(causes.map(({ field = '', message }) => `${field}: ${message}`))]
  const what = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  return failure(
    422,
    'Invalid',
    `${qualifiedKind(kind)} ${quote(name)} is invalid${texts.length === 0 ? '' : `: ${what}`}`,
    {
      ...(name === '' ? {} : { name }),
      ...(kind.group === '' ? {} : { group: kind.group }),
      kind: kind.kind,
      causes,
    },
  )
}

export const badRequest = (message: string): ApiError => failure(400, 'BadRequest', message)

/** A patch that cannot be read (400) or does not fit the object (422). */
export const patchFailed = ({ kind, message }: PatchFailure): ApiError =>
  kind === 'malformed'
    ? badRequest(message)
    : failure(422, 'Invalid', `the server rejected our request due to an error in our request: ${message}`)

export const namespaceMismatch = (): ApiError =>
  badRequest('the namespace of the provided object does not match the namespace sent on the request')

export const nameMismatch = (inBody: string, inPath: string): ApiError =>
  badRequest(`the name of the object (${inBody}) does not match the name on the URL (${inPath})`)

/** The path has no such verb at all. */
export const methodNotAllowed = (
  why = 'the server does not allow this method on the requested resource',
): ApiError => failure(405, 'MethodNotAllowed', why, {})

export const notAcceptable = (accepted: readonly string[]): ApiError =>
  failure(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`)

export const unsupportedMediaType = (accepted: readonly string[]): ApiError =>
  failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )

export const unauthorized = (): ApiError => failure(401, 'Unauthorized', 'Unauthorized')

/** `why` as an authorizer says it: `User "x" cannot list resource "pods" in API group "" in the namespace "default"`. */
export const forbidden = (resource: GroupResource, name: string, why: string): ApiError => {
  const what = name === '' ? qualifiedResource(resource) : `${qualifiedResource(resource)} ${quote(name)}`
  return failure(403, 'Forbidden', `${what} is forbidden: ${why}`, about(resource, name))
}

/** The same for a path that is no resource's. */
export const pathForbidden = (why: string): ApiError => failure(403, 'Forbidden', `forbidden: ${why}`, {})

/** A watch or list from a revision whose events are compacted. */
export const tooOldResourceVersion = (wanted: number, oldest: number): ApiError =>
  failure(410, 'Expired', `too old resource version: ${wanted} (${oldest})`)

/** A `continue` token whose snapshot is gone; `next` goes on with what is there now. */
export const continueTokenExpired = (next: string): ApiError =>
  new ApiError({
    code: 410,
    reason: 'Expired',
    message:
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    continue: next,
  })

/** A list as of a revision whose events are compacted. */
export const listVersionExpired = (): ApiError =>
  failure(410, 'Expired', 'The resourceVersion for the provided list is too old.')

/** A resourceVersion that the store has not reached. */
export const resourceVersionInFuture = (wanted: number, current: number): ApiError =>
  failure(504, 'Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })

export const patchTooLong = (limit: number, operations: number): ApiError =>
  failure(
    413,
    'RequestEntityTooLarge',
    `Request entity too large: The allowed maximum operations in a JSON patch is ${limit}, got ${operations}`,
  )

export const entityTooLarge = (limit: number): ApiError =>
  failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`)

export const serviceUnavailable = (message: string): ApiError => failure(503, 'ServiceUnavailable', message)

export const internalError = (message: string, cause?: unknown): ApiError =>
  new ApiError(
    {
      code: 500,
      reason: 'InternalError',
      message: `Internal error occurred: ${message}`,
      details: { causes: [{ reason: '', message }] },
    },
    { cause },
  )
