/** The syntax of label keys and values (apimachinery util/validation), with Kubernetes' words for what is wrong. */

const name = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

const nameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

/** What is wrong with a label's (or annotation's) key, or undefined. */
export const labelKeyProblem = (key: string): string | undefined => {
  const parts = key.split('/')
  if (parts.length > 2) {
    return `a qualified name ${nameRule} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`
  }
  const [prefix, local = ''] = parts.length === 2 ? parts : [undefined, ...parts]
  if (prefix === '') return 'prefix part must be non-empty'
  if (prefix !== undefined && prefix.length > 253) return 'prefix part must be no more than 253 characters'
  if (prefix !== undefined && !subdomain.test(prefix)) return `prefix part ${subdomainRule}`
  if (local === '') return 'name part must be non-empty'
  if (local.length > 63) return 'name part must be no more than 63 characters'
  return name.test(local)
    ? undefined
    : `name part ${nameRule} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`
}

/** What is wrong with a label's value, or undefined. */
export const labelValueProblem = (value: string): string | undefined => {
  if (value.length > 63) return 'must be no more than 63 characters'
  return value === '' || name.test(value)
    ? undefined
    : `a valid label must be an empty string or ${nameRule.replace('must consist', 'consist')} (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`
}
