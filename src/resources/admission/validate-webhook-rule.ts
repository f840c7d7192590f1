/** What Kubernetes refuses in a rule that says which requests a webhook is for. */
import { invalid, notSupported, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import type { WebhookRule } from './webhook-configuration.ts'

type Errors = readonly FieldError[]

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const SCOPES = ['*', 'Cluster', 'Namespaced']

/** A list that must not be empty, and in which `*` stands alone. */
const listErrors = (path: string, values: readonly string[], others: string): Errors => {
  if (values.length === 0) return [required(path)]
  if (values.length === 1 || !values.includes('*')) return []
  return [invalid(path, [...values], `if '*' is present, must not specify other ${others}`)]
}

const emptyErrors = (path: string, values: readonly string[]): Errors =>
  itemsAt(path, values).flatMap(({ path: place, value }) => (value === '' ? [required(place)] : []))

// `pods`, `pods/log`, `pods/*`, `*/scale`, `*` and `*/*`: what a wildcard covers must not be said again after it.
const resourceErrors = (path: string, resources: readonly string[]): Errors => {
  if (resources.length === 0) return [required(path)]
  const wholes = new Set<string>()
  const parts = new Set<string>()
  const errors = itemsAt(path, resources).flatMap(({ path: place, value }): Errors => {
    if (value === '') return [required(place)]
    const slash = value.indexOf('/')
    if (slash === -1) return []
    const [resource, part] = [value.slice(0, slash), value.slice(slash + 1)]
    const covering = [
      ...(wholes.has(resource) ? [`${resource}/*`] : []),
      ...(parts.has(part) ? [`*/${part}`] : []),
    ]
    if (part === '*') wholes.add(resource)
    if (resource === '*') parts.add(part)
    return covering.map((cover) =>
      invalid(place, value, `if '${cover}' is present, must not specify ${value}`),
    )
  })
  const isPlain = resources.some((resource) => resource !== '*' && !resource.includes('/'))
  return [
    ...errors,
    ...(resources.length > 1 && resources.includes('*/*')
      ? [invalid(path, [...resources], "if '*/*' is present, must not specify other resources")]
      : []),
    ...(resources.includes('*') && isPlain
      ? [
          invalid(
            path,
            [...resources],
            "if '*' is present, must not specify other resources without subresources",
          ),
        ]
      : []),
  ]
}

export const validateWebhookRule = (path: string, rule: WebhookRule): Errors => {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope = '*' } = rule
  return [
    ...listErrors(child(path, 'operations'), operations, 'operations'),
    ...itemsAt(child(path, 'operations'), operations).flatMap(({ path: place, value }) =>
      OPERATIONS.includes(value) ? [] : [notSupported(place, value, OPERATIONS)],
    ),
    ...listErrors(child(path, 'apiGroups'), apiGroups, 'API groups'),
    ...listErrors(child(path, 'apiVersions'), apiVersions, 'API versions'),
    ...emptyErrors(child(path, 'apiVersions'), apiVersions),
    ...resourceErrors(child(path, 'resources'), resources),
    ...(SCOPES.includes(scope) ? [] : [notSupported(child(path, 'scope'), scope, SCOPES)]),
  ]
}
