/** Reads a request's path: which resource, object and subresource of the Kubernetes API it names. */

export interface ResourcePath {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  /** What follows the subresource, without a leading slash (services/x/proxy/a/b gives `a/b`). */
  readonly rest?: string
  /** The deprecated prefix /api/v1/watch/... */
  readonly watch: boolean
}

export type RequestPath =
  | { readonly kind: 'resource'; readonly resource: ResourcePath }
  /** Everything else: /version, /healthz, /apis/apps ... as decoded segments. */
  | { readonly kind: 'other'; readonly segments: readonly string[] }
  /** Broken percent-encoding, `..`, an encoded slash, a control character. */
  | { readonly kind: 'malformed'; readonly message: string }

const decodeSegment = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

// The characters that a path segment name may not hold in Kubernetes (path.ValidatePathSegmentName), and control characters.
const forbidden = /[\p{Cc}/%\\]/u

const isSafeSegment = (segment: string): boolean =>
  segment !== '.' && segment !== '..' && !forbidden.test(segment)

/** Splits `/a/b/` into decoded segments; undefined when one is not a plain name. */
const segmentsOf = (path: string): readonly string[] | undefined => {
  const decoded: string[] = []
  for (const raw of path.split('/')) {
    if (raw === '') continue
    const segment = decodeSegment(raw)
    if (segment === undefined || !isSafeSegment(segment)) return undefined
    decoded.push(segment)
  }
  return decoded
}

// Subresources of a namespace itself: /api/v1/namespaces/x/status is not a resource named `status` in x.
const namespaceSubresources: ReadonlySet<string> = new Set(['status', 'finalize'])

const namedResource = (
  base: {
    readonly group: string
    readonly version: string
    readonly watch: boolean
    readonly namespace?: string
  },
  parts: readonly string[],
): ResourcePath | undefined => {
  const [plural, name, subresource, ...rest] = parts
  if (plural === undefined) return undefined
  return {
    ...base,
    plural,
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
    ...(rest.length === 0 ? {} : { rest: rest.join('/') }),
  }
}

const resourceOf = (group: string, version: string, tail: readonly string[]): ResourcePath | undefined => {
  const watch = tail[0] === 'watch'
  const parts = watch ? tail.slice(1) : tail
  const [first, second, third] = parts
  const inNamespace =
    first === 'namespaces' && third !== undefined && !(namespaceSubresources.has(third) && parts.length === 3)
  return inNamespace && second !== undefined
    ? namedResource({ group, version, watch, namespace: second }, parts.slice(2))
    : namedResource({ group, version, watch }, parts)
}

/** Reads the path part of a URL (no query). Never throws. */
export const parseRequestPath = (path: string): RequestPath => {
  const segments = segmentsOf(path)
  if (segments === undefined) {
    return { kind: 'malformed', message: 'the request path is not a plain resource path' }
  }
  const resource =
    segments[0] === 'api' && segments.length > 2
      ? resourceOf('', segments[1] ?? '', segments.slice(2))
      : segments[0] === 'apis' && segments.length > 3
        ? resourceOf(segments[1] ?? '', segments[2] ?? '', segments.slice(3))
        : undefined
  return resource === undefined ? { kind: 'other', segments } : { kind: 'resource', resource }
}
