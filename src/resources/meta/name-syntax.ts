/** The syntax of names, labels and ports in Kubernetes (k8s.io/apimachinery/pkg/util/validation). Each check returns what is wrong. */
const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/
const LABEL_1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/
const QUALIFIED = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const LABEL_VALUE = /^(?:(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const CONFIG_KEY = /^[-._a-zA-Z0-9]+$/
const ENV_NAME = /^[\u0020-\u003C\u003E-\u007E]+$/

/** What is wrong with a text; undefined when nothing is. */
export type SyntaxCheck = (text: string) => string | undefined

const tooLong = (limit: number): string => `must be no more than ${limit} characters`

export const dnsLabelProblem: SyntaxCheck = (text) => {
  if (text.length > 63) return tooLong(63)
  return LABEL.test(text)
    ? undefined
    : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc')"
}

export const dns1035LabelProblem: SyntaxCheck = (text) => {
  if (text.length > 63) return tooLong(63)
  return LABEL_1035.test(text)
    ? undefined
    : "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name', or 'abc-123')"
}

export const dnsSubdomainProblem: SyntaxCheck = (text) => {
  if (text.length > 253) return tooLong(253)
  return SUBDOMAIN.test(text)
    ? undefined
    : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com')"
}

/** Names that need only be one segment of a path (path.ValidatePathSegmentName), such as a role's `system:node`. */
export const pathSegmentProblem: SyntaxCheck = (text) => {
  if (text === '.' || text === '..') return `may not be '${text}'`
  const [character] = /[/%]/.exec(text) ?? []
  return character === undefined ? undefined : `may not contain '${character}'`
}

/** A label or annotation key: an optional DNS subdomain and `/`, then a name. */
export const qualifiedNameProblem: SyntaxCheck = (text) => {
  const parts = text.split('/')
  const name = parts.at(-1) ?? ''
  if (parts.length > 2) {
    return "a qualified name must have at most one '/': an optional DNS subdomain, '/', and a name (e.g. 'example.com/MyName')"
  }
  if (parts.length === 2) {
    const problem = parts[0] === '' ? 'must be non-empty' : dnsSubdomainProblem(parts[0] ?? '')
    if (problem !== undefined) return `prefix part ${problem}`
  }
  if (name === '') return 'name part must be non-empty'
  if (name.length > 63) return `name part ${tooLong(63)}`
  return QUALIFIED.test(name)
    ? undefined
    : "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName', or 'my.name', or '123-abc')"
}

export const labelValueProblem: SyntaxCheck = (text) => {
  if (text.length > 63) return tooLong(63)
  return LABEL_VALUE.test(text)
    ? undefined
    : "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue', or 'my_value', or '12345')"
}

/** A key of a ConfigMap or Secret. */
export const configKeyProblem: SyntaxCheck = (text) => {
  if (text.length > 253) return tooLong(253)
  if (text === '.' || text === '..') return `must not be '${text}'`
  if (text.startsWith('..')) return "must not start with '..'"
  return CONFIG_KEY.test(text)
    ? undefined
    : "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name', or 'KEY_NAME', or 'key-name')"
}

export const envNameProblem: SyntaxCheck = (text) =>
  ENV_NAME.test(text)
    ? undefined
    : "a valid environment variable name must consist only of printable ASCII characters other than '='"

/** The name of a container's port: an IANA service name (RFC 6335). */
export const portNameProblem: SyntaxCheck = (text) => {
  if (text.length > 15) return tooLong(15)
  if (!/^[a-z0-9-]+$/.test(text)) return "must contain only lower case alphanumeric characters and '-'"
  if (!/[a-z]/.test(text)) return 'must contain at least one letter'
  if (text.includes('--')) return 'must not contain consecutive hyphens'
  return text.startsWith('-') || text.endsWith('-') ? 'must not begin or end with a hyphen' : undefined
}

export const portNumberProblem = (port: number): string | undefined =>
  Number.isInteger(port) && port >= 1 && port <= 65_535 ? undefined : 'must be between 1 and 65535, inclusive'
