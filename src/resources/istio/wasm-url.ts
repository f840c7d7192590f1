/** Addresses of Wasm modules, read as Go's net/url does (ParseRequestURI), whose verdict is Istio's. */

const SCHEMES: ReadonlySet<string> = new Set(['', 'file', 'http', 'https', 'oci'])

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
const requestScheme = (text: string): string | undefined => {
  if (text === '' || CONTROL.test(text) || text.startsWith(':')) return undefined
  const scheme = /^(?<scheme>[A-Za-z][-+.A-Za-z0-9]*):/.exec(text)?.groups?.['scheme']
  const rest = text.slice(scheme === undefined ? 0 : scheme.length + 1).replace(/\?.*$/s, '')
  if (!rest.startsWith('/')) return scheme?.toLowerCase()
  const authority = /^\/\/(?<authority>[^/]*)/.exec(rest)?.groups?.['authority']
  if (scheme !== undefined && authority !== undefined && !isAuthority(authority)) return undefined
  return BAD_ESCAPE.test(rest) ? undefined : (scheme ?? '').toLowerCase()
}

/** What is wrong with the address of a Wasm module; an address without a scheme is that of an OCI image. */
export const wasmUrlProblem = (url: string): string | undefined => {
  const scheme = requestScheme(url) ?? requestScheme(`http://${url}`)
  if (scheme === undefined) {
    return 'failed to parse url; write oci://registry/image:tag, https://host/path.wasm or file:///path.wasm'
  }
  return SCHEMES.has(scheme)
    ? undefined
    : `url contains unsupported scheme: ${scheme}; use oci, https, http or file`
}
