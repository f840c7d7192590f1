/** URIs as Go's net/url reads them in requests (ParseRequestURI), whose verdict is Istio's. */

// eslint-disable-next-line no-control-regex -- Go refuses control characters in a URL.
const CONTROL = /[\u0000-\u001F\u007F]/
const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/
const USER = /^[-A-Za-z0-9._:~!$&'()*+,;=%]*$/
const HOST = /^(?:\[[0-9a-fA-F:.%]+\]|[-A-Za-z0-9_.~!$&'()*+,;=<>"\u0080-\u{10FFFF}]*)(?::\d*)?$/u

const isAuthority = (authority: string): boolean => {
  const at = authority.lastIndexOf('@')
  return (at === -1 || USER.test(authority.slice(0, at))) && HOST.test(authority.slice(at + 1))
}

/** The scheme of a request URI, '' for a path; undefined for what is none. */
export const requestScheme = (text: string): string | undefined => {
  if (text === '' || CONTROL.test(text) || text.startsWith(':')) return undefined
  const scheme = /^(?<scheme>[A-Za-z][-+.A-Za-z0-9]*):/.exec(text)?.groups?.['scheme']
  const rest = text.slice(scheme === undefined ? 0 : scheme.length + 1).replace(/\?.*$/s, '')
  if (!rest.startsWith('/')) return scheme?.toLowerCase()
  const authority = /^\/\/(?<authority>[^/]*)/.exec(rest)?.groups?.['authority']
  if (scheme !== undefined && authority !== undefined && !isAuthority(authority)) return undefined
  return BAD_ESCAPE.test(rest) ? undefined : (scheme ?? '').toLowerCase()
}
