/** A container image's name as users write it (`registry/path:tag@digest`), taken apart as container runtimes do. */
export interface ImageReference {
  /** `docker.io` when absent. */
  readonly registry: string
  /** Without the registry and without Docker Hub's `library/`. */
  readonly path: string
  /** `latest` when neither tag nor digest is there. */
  readonly tag: string
  readonly digest?: string
}

const isRegistry = (part: string): boolean => part === 'localhost' || /[.:]/.test(part)

/** Total: any text gives a reference. */
export const parseImageReference = (image: string): ImageReference => {
  const [named = '', digest] = image.split('@', 2)
  const [first = '', ...rest] = named.split('/')
  const hasRegistry = rest.length > 0 && isRegistry(first)
  const registry = hasRegistry && first !== 'index.docker.io' ? first : 'docker.io'
  const remainder = hasRegistry ? rest.join('/') : named
  const colon = remainder.lastIndexOf(':')
  const tag = colon === -1 ? (digest === undefined ? 'latest' : '') : remainder.slice(colon + 1)
  const path = colon === -1 ? remainder : remainder.slice(0, colon)
  return {
    registry,
    path: registry === 'docker.io' ? path.replace(/^library\//, '') : path,
    tag,
    ...(digest === undefined ? {} : { digest }),
  }
}

/** One name for all ways to write an image: `docker.io/library/nginx` and `nginx:latest` are `nginx:latest`. */
export const canonicalImage = (image: string): string => {
  const { registry, path, tag, digest } = parseImageReference(image)
  const prefix = registry === 'docker.io' ? '' : `${registry}/`
  return `${prefix}${path}${tag === '' ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const domain = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?'
const reference = new RegExp(
  `^(?:${domain}/)?${component}(?:/${component})*(?::[\\w][\\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9+._-]*:[0-9a-fA-F]{32,})?$`,
)

/** What is wrong with an image's name, in the words of container tools (github.com/distribution/reference). */
export const imageReferenceProblem = (image: string): string | undefined => {
  if (reference.test(image)) return undefined
  if (!reference.test(image.toLowerCase())) return 'invalid reference format'
  const { registry, path } = parseImageReference(image)
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path
  return `invalid reference format: repository name (${repository}) must be lowercase`
}
