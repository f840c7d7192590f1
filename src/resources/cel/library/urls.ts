/** Kubernetes' url library: absolute URIs and absolute paths, as Go's url.ParseRequestURI takes them. */
import type { Environment } from '@marcbachmann/cel-js'
import { celFailure } from './cel-failure.ts'

/** A value of the CEL type `kubernetes.URL`. */
class Url {
  readonly text: string
  readonly scheme: string
  readonly host: string
  readonly path: string
  readonly query: string

  constructor(text: string, parts: Pick<Url, 'scheme' | 'host' | 'path' | 'query'>) {
    this.text = text
    this.scheme = parts.scheme
    this.host = parts.host
    this.path = parts.path
    this.query = parts.query
  }

  valueOf(): string {
    return this.text
  }
}

const SYNTAX =
  /^(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?:\/\/(?:[^/?@]*@)?(?<host>[^/?]*))?)?(?<path>[^?]*)(?:\?(?<query>.*))?$/su
const HOST = /^(?:\[[0-9A-Fa-f:.%]+\]|[^[\]:]*)(?::\d*)?$/u

const parseUrl = (text: string): Url | undefined => {
  const groups = SYNTAX.exec(text)?.groups
  // A fragment is not taken apart: it belongs to the path or query, as in Go.
  if (groups === undefined || /[\s\p{Cc}]/u.test(text) || /%(?![0-9A-Fa-f]{2})/.test(text)) return undefined
  const { scheme = '', host = '', path = '', query = '' } = groups
  if (scheme === '' && !path.startsWith('/')) return undefined
  if (!HOST.test(host) || (text.startsWith(`${scheme}://`) && path !== '' && !path.startsWith('/')))
    return undefined
  return new Url(text, { scheme: scheme.toLowerCase(), host, path, query })
}

const urlOf = (text: string): Url => {
  const url = parseUrl(text)
  if (url === undefined)
    throw celFailure(`URL parse error during conversion from string: invalid URI ${text}`)
  return url
}

const hostname = ({ host }: Url): string => host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

const queryOf = ({ query }: Url): ReadonlyMap<string, readonly string[]> => {
  const values = new Map<string, string[]>()
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const [key = '', ...rest] = pair.split('=')
    const name = decoded(key)
    values.set(name, [...(values.get(name) ?? []), decoded(rest.join('='))])
  }
  return values
}

const TYPE = 'kubernetes.URL'

export const registerUrls = (environment: Environment): void => {
  environment
    .registerType(TYPE, { ctor: Url, fields: {} })
    .registerOperator(`${TYPE} == ${TYPE}`, (a: Url, b: Url) => a.text === b.text)
    .registerFunction(`url(string): ${TYPE}`, urlOf)
    .registerFunction('isURL(string): bool', (text: string) => parseUrl(text) !== undefined)
    .registerFunction(`${TYPE}.getScheme(): string`, ({ scheme }: Url) => scheme)
    .registerFunction(`${TYPE}.getHost(): string`, ({ host }: Url) => host)
    .registerFunction(`${TYPE}.getHostname(): string`, hostname)
    .registerFunction(`${TYPE}.getPort(): string`, ({ host }: Url) => /:(\d*)$/.exec(host)?.[1] ?? '')
    .registerFunction(`${TYPE}.getEscapedPath(): string`, ({ path }: Url) => path)
    .registerFunction(`${TYPE}.getQuery(): map<string, list<string>>`, queryOf)
}
