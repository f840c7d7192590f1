/** The CEL rules of the paths that an HTTPRoute matches. */
import { invalid } from '../field-error.ts'
import { child } from '../field-path.ts'
import { when } from '../istio/when.ts'
import type { Findings } from '../istio/when.ts'
import type { PathMatch } from './http-route.ts'

const LITERAL: readonly string[] = ['Exact', 'PathPrefix']
const FORBIDDEN = ['//', '/./', '/../', '%2f', '%2F', '#'] as const
const ENDINGS = ['/..', '/.'] as const
const CHARACTERS = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/

export const validatePathMatch = (
  path: string,
  { type = 'PathPrefix', value = '/' }: PathMatch,
): Findings => {
  if (!LITERAL.includes(type)) return []
  const at = child(path, 'value')
  const types = "when type one of ['Exact', 'PathPrefix']"
  const problems = [
    ...(value.startsWith('/') ? [] : [`value must be an absolute path and start with '/' ${types}`]),
    ...FORBIDDEN.filter((part) => value.includes(part)).map((part) => `must not contain '${part}' ${types}`),
    ...ENDINGS.filter((end) => value.endsWith(end)).map((end) => `must not end with '${end}' ${types}`),
  ]
  return [
    ...problems.map((problem) => invalid(at, value, problem)),
    ...when(
      problems.length === 0 && !CHARACTERS.test(value),
      invalid(
        at,
        value,
        "must only contain valid characters (matching ^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$) for types ['Exact', 'PathPrefix']",
      ),
    ),
  ]
}
