/** The CEL rules of a route rule's session persistence. */
import { required } from '../field-error.ts'
import { child } from '../field-path.ts'
import { when } from '../istio/when.ts'
import type { Findings } from '../istio/when.ts'
import type { SessionPersistence } from './http-route.ts'

export const validateSessionPersistence = (
  path: string,
  { cookieConfig, absoluteTimeout }: SessionPersistence,
): Findings =>
  when(
    cookieConfig?.lifetimeType === 'Permanent' && absoluteTimeout === undefined,
    required(
      child(path, 'absoluteTimeout'),
      'AbsoluteTimeout must be specified when cookie lifetimeType is Permanent',
    ),
  )
