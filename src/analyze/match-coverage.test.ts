import { expect, test } from 'vitest'
import fc from 'fast-check'
import type { NamedMatch, RequestMatch, TextMatch } from '../mesh/model/route-table.ts'
import { matchCovers } from './match-coverage.ts'
import { everyRequest } from './witness-request.ts'

interface Request {
  readonly path: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
}

const all = everyRequest({ origin: { kind: 'VirtualService', namespace: 'a', name: 'a', generation: 1 } })
const texts = ['/', '/a', '/A', '/a/b', '/b']
const textMatch = fc.oneof(
  fc.record({ kind: fc.constantFrom('exact' as const, 'prefix' as const), value: fc.constantFrom(...texts) }),
  fc.constant<TextMatch>({ kind: 'present' }),
  fc.record({ kind: fc.constant('regex' as const), value: fc.constantFrom('.*', '/a', '/a.*') }),
)
const namedMatch: fc.Arbitrary<NamedMatch> = fc.record({
  name: fc.constantFrom('x', 'y'),
  match: textMatch,
  invert: fc.boolean(),
})
const match: fc.Arbitrary<RequestMatch> = fc
  .record({
    path: fc.option(textMatch, { nil: undefined }),
    method: fc.option(textMatch, { nil: undefined }),
    ignorePathCase: fc.boolean(),
    headers: fc.array(namedMatch, { maxLength: 2 }),
  })
  .map(({ path, method, ignorePathCase, headers }) => ({
    ...all,
    ...(path === undefined ? {} : { path }),
    ...(method === undefined ? {} : { method }),
    ignorePathCase,
    headers,
  }))
const request: fc.Arbitrary<Request> = fc.record({
  path: fc.constantFrom(...texts),
  method: fc.constantFrom(...texts),
  headers: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom(...texts)),
})

const textMatches = (condition: TextMatch, value: string): boolean => {
  switch (condition.kind) {
    case 'exact':
      return value === condition.value
    case 'prefix':
      return value.startsWith(condition.value)
    case 'regex':
      return new RegExp(`^(?:${condition.value})$`).test(value)
    case 'present':
      return true
  }
}

/** Case is ignored for exact and prefix paths, as Envoy does. */
const pathMatches = ({ path, ignorePathCase }: RequestMatch, value: string): boolean => {
  if (path === undefined) return true
  if (!ignorePathCase || path.kind === 'regex' || path.kind === 'present') return textMatches(path, value)
  return textMatches({ ...path, value: path.value.toLowerCase() }, value.toLowerCase())
}

const matches = (condition: RequestMatch, { path, method, headers }: Request): boolean =>
  pathMatches(condition, path) &&
  (condition.method === undefined || textMatches(condition.method, method)) &&
  condition.headers.every(({ name, match: wanted, invert }) => {
    const value = headers[name]
    return (value !== undefined && textMatches(wanted, value)) !== invert
  })

test('a match that covers another takes every request of it', () => {
  fc.assert(
    fc.property(match, match, request, (wide, narrow, one) => {
      fc.pre(matchCovers(wide, narrow, ['mesh']) && matches(narrow, one))
      expect(matches(wide, one)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('callers and gateways count', () => {
  const from = (labels: Readonly<Record<string, string>>, ...gateways: readonly string[]): RequestMatch => ({
    ...all,
    source: { labels, gateways },
  })
  expect(matchCovers(all, from({ app: 'x' }, 'mesh'), ['mesh'])).toBe(true)
  expect(matchCovers(from({ app: 'x' }), from({ app: 'x', version: 'v1' }), ['mesh'])).toBe(true)
  expect(matchCovers(from({ app: 'x' }), all, ['mesh'])).toBe(false)
  expect(matchCovers(from({}, 'mesh'), all, ['mesh', 'a/edge'])).toBe(false)
  expect(matchCovers(from({}, 'mesh'), all, ['mesh'])).toBe(true)
})
