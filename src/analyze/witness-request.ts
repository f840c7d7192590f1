/** A request that a match takes, as text for messages: `GET /api/v1 with header end-user: jason`. */
import type { NamedMatch, RequestMatch, TextMatch } from '../mesh/model/route-table.ts'

/** A text that the condition takes; undefined for regular expressions. */
const sample = (match: TextMatch | undefined, otherwise: string): string | undefined => {
  if (match === undefined || match.kind === 'present') return otherwise
  return match.kind === 'regex' ? undefined : match.value
}

interface Condition {
  readonly name: string
  readonly value: string
}

/** Inverted conditions hold where the name is absent; undefined where another one asks for it or for a regex. */
const samples = (conditions: readonly NamedMatch[]): readonly Condition[] | undefined => {
  const wanted = conditions.filter(({ invert }) => !invert)
  const values = wanted.flatMap(({ name, match }) => {
    const value = sample(match, 'x')
    return value === undefined ? [] : [{ name, value }]
  })
  const isMixed = conditions.some(({ invert, name }) => invert && wanted.some((one) => one.name === name))
  return isMixed || values.length < wanted.length ? undefined : values
}

const sourceText = ({ source }: RequestMatch): string => {
  const labels = Object.entries(source.labels).map(([key, value]) => `${key}=${value}`)
  const callers = [
    ...(labels.length === 0 ? [] : [`pods with ${labels.join(',')}`]),
    ...(source.namespace === undefined ? [] : [`namespace ${source.namespace}`]),
  ]
  return callers.length === 0 ? '' : ` from ${callers.join(' in ')}`
}

/** Undefined where a regular expression would have to be solved, or conditions may contradict each other. */
export const witnessRequest = (match: RequestMatch, host: string): string | undefined => {
  const path = sample(match.path, '/')
  const method = sample(match.method, 'GET')
  const authority = sample(match.authority, host)
  const headers = samples(match.headers)
  const query = samples(match.queryParameters)
  if (path === undefined || method === undefined || authority === undefined) return undefined
  if (headers === undefined || query === undefined) return undefined
  const queryText = query.map(({ name, value }) => `${name}=${value}`).join('&')
  const headerText = headers.map(({ name, value }) => `${name}: ${value}`).join(', ')
  const port = match.port === undefined ? '' : `:${match.port}`
  return [
    `${method} ${path}${queryText === '' ? '' : `?${queryText}`} to ${authority}${port}`,
    headerText === '' ? '' : ` with header ${headerText}`,
    sourceText(match),
  ].join('')
}

/** What a rule without matches takes: every request. */
export const everyRequest = ({ origin }: Pick<RequestMatch, 'origin'>): RequestMatch => ({
  ignorePathCase: false,
  headers: [],
  queryParameters: [],
  source: { labels: {}, gateways: [] },
  origin,
})
