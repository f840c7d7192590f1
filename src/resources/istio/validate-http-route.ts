/** HTTP routes of a VirtualService. */
import { forbidden, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { durationProblem } from './duration.ts'
import type { HttpRoute, HttpRouteDestination } from './http-route.ts'
import { validateDestination, validateWeights } from './validate-destination.ts'
import { validateAuthority, validateHeaders } from './validate-header-operations.ts'
import {
  validateCors,
  validateDirectResponse,
  validateFault,
  validateMirrors,
  validateRedirect,
  validateRetries,
  validateRewrite,
} from './validate-http-actions.ts'
import { validateHttpMatches } from './validate-http-match.ts'
import { checked, present, when } from './when.ts'
import type { Findings } from './when.ts'

const isThere = (part: unknown): boolean => part !== undefined && part !== null

/** A root route hands over to a delegate, and says nothing else about where requests go. */
const validateRoot = (path: string, { redirect, route = [] }: HttpRoute): Findings => {
  const reason = 'a route with a delegate must not specify it'
  return [
    ...when(isThere(redirect), forbidden(child(path, 'redirect'), reason)),
    ...when(route.length > 0, forbidden(child(path, 'route'), reason)),
  ]
}

const validateMirrorConflict = (path: string, { mirror, mirrors = [] }: HttpRoute): Findings =>
  when(
    isThere(mirror) && mirrors.length > 0,
    forbidden(child(path, 'mirrors'), 'HTTP route cannot contain both mirror and mirrors'),
  )

const validateAction = (path: string, route: HttpRoute): Findings => {
  const main = (['redirect', 'directResponse'] as const).find((field) => isThere(route[field]))
  if (main === undefined) {
    return when(
      (route.route ?? []).length === 0,
      required(child(path, 'route'), 'HTTP route, redirect or directResponse is required'),
    )
  }
  const excluded = (['directResponse', 'fault', 'rewrite'] as const).filter((field) => field !== main)
  return [
    ...when(
      (route.route ?? []).length > 0,
      forbidden(child(path, 'route'), `HTTP route cannot contain both route and ${main}`),
    ),
    ...excluded.flatMap((field) =>
      when(
        isThere(route[field]),
        forbidden(child(path, field), `HTTP route cannot contain both ${field} and ${main}`),
      ),
    ),
  ]
}

const validateTarget = (path: string, target: HttpRouteDestination): Findings => [
  ...present(target.destination, (destination) =>
    validateDestination(child(path, 'destination'), destination),
  ),
  ...present(target.headers, (headers) => validateHeaders(child(path, 'headers'), headers)),
]

const validateActions = (path: string, route: HttpRoute): Findings => [
  ...present(route.headers, (headers) => validateHeaders(child(path, 'headers'), headers)),
  ...validateAuthority(path, route),
  ...present(route.corsPolicy, (cors) => validateCors(child(path, 'corsPolicy'), cors)),
  ...present(route.fault, (fault) => validateFault(child(path, 'fault'), fault)),
  ...present(route.redirect, (redirect) => validateRedirect(child(path, 'redirect'), redirect, route)),
  ...present(route.directResponse, (response) =>
    validateDirectResponse(child(path, 'directResponse'), response),
  ),
  ...present(route.retries, (retries) => validateRetries(child(path, 'retries'), retries)),
  ...present(route.rewrite, (rewrite) => validateRewrite(child(path, 'rewrite'), rewrite)),
  ...validateMirrors(path, route),
]

/** `isDelegate`: the VirtualService has no hosts, so another one delegates to it. */
export const validateHttpRoute = (path: string, route: HttpRoute, isDelegate: boolean): Findings => [
  ...(isThere(route.delegate) && !isDelegate
    ? validateRoot(path, route)
    : [...validateAction(path, route), ...validateMirrorConflict(path, route)]),
  ...when(
    isThere(route.delegate) && isDelegate,
    forbidden(child(path, 'delegate'), 'a delegate cannot delegate further'),
  ),
  ...validateHttpMatches(path, route.match),
  ...validateActions(path, route),
  ...itemsAt(child(path, 'route'), route.route).flatMap((target) =>
    validateTarget(target.path, target.value),
  ),
  ...validateWeights(child(path, 'route'), route.route),
  ...checked(child(path, 'timeout'), route.timeout, durationProblem),
]
