/** Objects as a Table (meta/v1): the rows and columns that `kubectl get` prints. */
import type { JsonObject, JsonValue } from '../primitives/json-value.ts'
import { ageSince } from '../resources/meta/age.ts'
import type { Column, Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { IncludeObject } from './content-negotiation.ts'
import { asJson, section } from './stored-object.ts'

const columnDefinition = (column: Column): JsonObject => ({
  name: column.name,
  type: column.type,
  format: column.format ?? (column.name === 'Name' ? 'name' : ''),
  description: column.description,
  priority: column.priority,
})

// kubectl prints cells as they are, so a date becomes an age here, as Kubernetes' own server does it.
const cellOf = (column: Column, object: KubeObject, now: number): JsonValue => {
  const value = column.cell(object, now)
  if (column.type !== 'date') return value
  return typeof value === 'string' ? ageSince(value, now) : '<unknown>'
}

/** metadata alone, as PartialObjectMetadata (meta/v1). */
export const partialObject = (object: KubeObject): JsonObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: section(object, 'metadata'),
})

const rowObject = (object: KubeObject, include: IncludeObject): JsonObject | undefined => {
  switch (include) {
    case 'None':
      return undefined
    case 'Metadata':
      return partialObject(object)
    case 'Object':
      return asJson(object)
  }
}

const rowOf = (kind: Kind, object: KubeObject, include: IncludeObject, now: number): JsonObject => {
  const included = rowObject(object, include)
  return {
    cells: kind.columns.map((column) => cellOf(column, object, now)),
    ...(included === undefined ? {} : { object: included }),
  }
}

/** The Table of some objects; `metadata` is the list's (resourceVersion, continue). */
export const tableOf = (
  kind: Kind,
  objects: readonly KubeObject[],
  options: { readonly includeObject: IncludeObject; readonly now: number; readonly metadata: JsonObject },
): JsonObject => ({
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata: options.metadata,
  columnDefinitions: kind.columns.map(columnDefinition),
  rows: objects.map((object) => rowOf(kind, object, options.includeObject, options.now)),
})
