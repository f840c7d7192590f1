/** The opaque token by which a client asks for the next page of a list. */
import type { ApiError } from '../machinery/api-error.ts'
import { isJsonObject } from '../primitives/json-value.ts'
import { fail, ok, type Result } from '../primitives/result.ts'
import { badRequest } from '../machinery/status-errors.ts'

export interface ContinueToken {
  /** The revision of the first page: what the whole list is reported as, and watched from. Undefined: whatever is there now. */
  readonly revision: number | undefined
  /** The last key of the page before, without the prefix of its kind. */
  readonly after: string
}

/** As Kubernetes writes that a list goes on with the newest state. */
const anyRevision = -1

export const encodeContinue = (token: ContinueToken): string =>
  Buffer.from(
    JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.revision ?? anyRevision, start: token.after }),
  ).toString('base64url')

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/** Fails with 400, in Kubernetes' words, for anything that this server did not make. */
export const decodeContinue = (text: string): Result<ContinueToken, ApiError> => {
  const token = parsed(text)
  if (
    !isJsonObject(token) ||
    token['v'] !== 'meta.k8s.io/v1' ||
    typeof token['rv'] !== 'number' ||
    !Number.isSafeInteger(token['rv']) ||
    token['rv'] < anyRevision ||
    typeof token['start'] !== 'string'
  ) {
    return fail(badRequest('continue key is not valid: it is not a token of this server'))
  }
  return ok({ revision: token['rv'] === anyRevision ? undefined : token['rv'], after: token['start'] })
}
