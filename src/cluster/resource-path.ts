import type { ListOptions, ObjectName, ResourceRef } from '../machinery/ports.ts'

/** `/api/v1` or `/apis/<group>/<version>`. */
export const groupVersionPath = (resource: ResourceRef): string =>
  resource.group === ''
    ? `/api/${encodeURIComponent(resource.version)}`
    : `/apis/${encodeURIComponent(resource.group)}/${encodeURIComponent(resource.version)}`

/** The path of a collection; without a namespace: all namespaces, or a cluster-scoped kind. */
export const collectionPath = (resource: ResourceRef, namespace: string | undefined): string => {
  const scope =
    namespace === undefined || namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `${groupVersionPath(resource)}${scope}/${encodeURIComponent(resource.plural)}`
}

/** The path of one object, or of its subresource. */
export const objectPath = (resource: ResourceRef, name: ObjectName, subresource?: string): string => {
  const suffix = subresource ?? resource.subresource
  const tail = suffix === undefined ? '' : `/${suffix.split('/').map(encodeURIComponent).join('/')}`
  return `${collectionPath(resource, name.namespace)}/${encodeURIComponent(name.name)}${tail}`
}

/** `?a=b` from the fields that are set, or ''. */
export const queryText = (
  fields: Readonly<Record<string, string | number | boolean | undefined>>,
): string => {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) query.set(name, String(value))
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** The selectors of a list or watch as query fields. */
export const selectorFields = (options: ListOptions): Record<string, string | undefined> => ({
  labelSelector: options.labelSelector,
  fieldSelector: options.fieldSelector,
})
