/** Addresses of Wasm modules. */
import { requestScheme } from './request-uri.ts'

const SCHEMES: ReadonlySet<string> = new Set(['', 'file', 'http', 'https', 'oci'])

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
