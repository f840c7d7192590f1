/** Headers that routes add, set and remove. */
import { forbidden } from '../field-error.ts'
import { child, item, itemsAt } from '../field-path.ts'
import { isAuthority, otherHeaderProblem, requestHeaderProblem } from './header-syntax.ts'
import { headerValueProblem } from './header-value.ts'
import type { HeaderOperations, Headers, HttpRoute } from './http-route.ts'
import { checked, present, when } from './when.ts'
import type { Findings } from './when.ts'

const validateOperations = (
  path: string,
  operations: HeaderOperations,
  nameProblem: (name: string) => string | undefined,
): Findings => [
  ...(['add', 'set'] as const).flatMap((verb) =>
    Object.entries(operations[verb] ?? {}).flatMap(([name, value]) => [
      ...checked(child(path, verb), name, nameProblem),
      ...checked(item(child(path, verb), name), value, headerValueProblem),
    ]),
  ),
  ...itemsAt(child(path, 'remove'), operations.remove).flatMap((name) =>
    checked(name.path, name.value, otherHeaderProblem),
  ),
]

export const validateHeaders = (path: string, headers: Headers): Findings => [
  ...present(headers.request, (request) =>
    validateOperations(child(path, 'request'), request, requestHeaderProblem),
  ),
  ...present(headers.response, (response) =>
    validateOperations(child(path, 'response'), response, otherHeaderProblem),
  ),
]

/** The authority is rewritten in one place alone. */
export const validateAuthority = (path: string, { rewrite, headers }: HttpRoute): Findings => {
  const { set = {}, add = {} } = headers?.request ?? {}
  const written = [...Object.entries(set), ...Object.entries(add)].filter(([name]) => isAuthority(name))
  const authorities = [rewrite?.authority ?? '', ...written.map(([, value]) => value)]
  return when(
    authorities.slice(0, -1).some((authority) => authority !== ''),
    forbidden(
      child(path, 'headers.request'),
      'the authority header cannot be set more than once; keep rewrite.authority or one header',
    ),
  )
}
