/** The CEL rules of a route rule's session persistence. */
import { forbidden, required } from '../field-error.ts'
import { child } from '../field-path.ts'
import { when } from '../istio/when.ts'
import type { Findings } from '../istio/when.ts'
import type { SessionPersistence } from './http-route.ts'

/** That `cookie` and `header` are there for their type is not asked: before release 1.6 there were none. */
export const validateSessionPersistence = (
  path: string,
  { type = 'Cookie', cookieConfig, cookie, header, absoluteTimeout }: SessionPersistence,
): Findings => [
  ...when(
    (cookie ?? cookieConfig)?.lifetimeType === 'Permanent' && absoluteTimeout === undefined,
    required(
      child(path, 'absoluteTimeout'),
      'AbsoluteTimeout must be specified when cookie lifetimeType is Permanent',
    ),
  ),
  ...when(
    cookie !== undefined && type !== 'Cookie',
    forbidden(child(path, 'cookie'), 'cookie must be nil if type is not Cookie'),
  ),
  ...when(
    cookieConfig !== undefined && type !== 'Cookie',
    forbidden(child(path, 'cookieConfig'), 'cookieConfig can only be set with type Cookie'),
  ),
  ...when(
    header !== undefined && type !== 'Header',
    forbidden(child(path, 'header'), 'header must be nil if type is not Header'),
  ),
]
