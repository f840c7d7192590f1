/** The schema of a field, found by the kind and the path. */
import { allKinds, findKindByName } from '../resources/all-kinds.ts'
import type { Kind } from '../resources/kind.ts'
import { fieldSchema, resolveSchema } from '../resources/resolve-schema.ts'
import { schemaLibrary } from '../resources/schema-library.ts'
import type { Schema } from '../resources/schema.ts'

/** The kind and version that an object names; undefined for what is not known. */
export const versionedKind = (
  apiVersion: string,
  kind: string,
): { readonly kind: Kind; readonly version: string } | undefined => {
  const slash = apiVersion.indexOf('/')
  const version = apiVersion.slice(slash + 1)
  const found = findKindByName(allKinds, slash === -1 ? '' : apiVersion.slice(0, slash), kind)
  return found?.versions.includes(version) === true ? { kind: found, version } : undefined
}

export interface FieldSchema {
  readonly schema: Schema
  /** What the field means: said at the field, else of its type. */
  readonly description: string | undefined
  /** True when its object cannot do without it. */
  readonly isRequired: boolean
}

const step = (parent: Schema, key: string | number): FieldSchema | undefined => {
  if (typeof key === 'number') {
    const items = parent.items === undefined ? undefined : resolveSchema(parent.items, schemaLibrary)
    return items === undefined
      ? undefined
      : { schema: items, description: items.description, isRequired: false }
  }
  const schema = fieldSchema(parent, key, schemaLibrary)
  if (schema === undefined) return undefined
  const own = parent.properties?.[key]?.description
  return {
    schema,
    description: own ?? schema.description,
    isRequired: parent.required?.includes(key) === true,
  }
}

export const schemaAt = (
  apiVersion: string,
  kind: string,
  path: readonly (string | number)[],
): FieldSchema | undefined => {
  const found = versionedKind(apiVersion, kind)
  if (found === undefined) return undefined
  const root = resolveSchema(found.kind.schema(found.version), schemaLibrary)
  let current: FieldSchema | undefined = { schema: root, description: root.description, isRequired: false }
  for (const key of path) {
    current = current === undefined ? undefined : step(current.schema, key)
  }
  return current
}
