import { ApiError, type FailureStatus, type StatusCause, type StatusDetails } from '../machinery/api-error.ts'
import { isJsonObject } from '../primitives/json-value.ts'

const reasonOfCode: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const causeOf = (value: unknown): StatusCause | undefined => {
  if (!isJsonObject(value)) return undefined
  const field = text(value['field'])
  return {
    reason: text(value['reason']) ?? '',
    message: text(value['message']) ?? '',
    ...(field === undefined ? {} : { field }),
  }
}

const detailsOf = (value: unknown): StatusDetails | undefined => {
  if (!isJsonObject(value)) return undefined
  const named: Record<string, string> = {}
  for (const key of ['name', 'group', 'kind', 'uid']) {
    const found = text(value[key])
    if (found !== undefined) named[key] = found
  }
  const causes = Array.isArray(value['causes'])
    ? value['causes'].map(causeOf).filter((cause) => cause !== undefined)
    : []
  const retryAfterSeconds = value['retryAfterSeconds']
  return {
    ...named,
    ...(causes.length === 0 ? {} : { causes }),
    ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
  }
}

/** A Status object (meta/v1) as a FailureStatus, or undefined when `value` is something else. */
export const failureStatusOf = (value: unknown, httpCode: number): FailureStatus | undefined => {
  if (!isJsonObject(value) || value['kind'] !== 'Status') return undefined
  const code = typeof value['code'] === 'number' && value['code'] > 0 ? value['code'] : httpCode
  const reason = text(value['reason']) ?? reasonOfCode[code] ?? 'Unknown'
  const details = detailsOf(value['details'])
  return {
    code,
    reason,
    message: text(value['message']) ?? reason,
    ...(details === undefined ? {} : { details }),
  }
}

/** The error for a response of code 400 or above: its Status, or what can be told from a body of another kind. */
export const apiErrorOf = (httpCode: number, body: string): ApiError => {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    parsed = undefined
  }
  const status = failureStatusOf(parsed, httpCode)
  if (status !== undefined) return new ApiError(status)
  const excerpt = body.trim().slice(0, 200)
  return new ApiError({
    code: httpCode,
    reason: reasonOfCode[httpCode] ?? 'Unknown',
    message: `the server answered HTTP ${httpCode}${excerpt === '' ? '' : `: ${excerpt}`}`,
  })
}
