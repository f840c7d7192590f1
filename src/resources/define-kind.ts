/** Fills in what most kinds share, and carries a kind's own type through the table. */
import { isJsonObject, jsonEqual } from '../primitives/json-value.ts'
import { required } from './field-error.ts'
import type { Column, FieldAdvice, FieldError, Kind, StoredAs, Subresources } from './kind.ts'
import type { KubeObject } from './kube-object.ts'
import { ageColumn, nameColumn } from './meta/printer-columns.ts'
import { schemaLibrary } from './schema-library.ts'
import { schemaNameOf } from './schema-name.ts'

export interface KindDefinition<T extends KubeObject> {
  readonly group: string
  readonly kind: string
  readonly plural: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly namespaced: boolean
  /** The stored version first. */
  readonly versions: readonly string[]
  readonly subresources?: Subresources
  readonly verbs?: readonly string[]
  readonly storedAs?: StoredAs
  /** Absent: NAME and AGE. */
  readonly columns?: readonly Column[]
  readonly applyDefaults?: (object: T) => T
  readonly validate?: (object: T, old?: T) => readonly FieldError[]
  readonly advice?: (object: T) => readonly FieldAdvice[]
  readonly generationChanges?: (object: T, old: T) => boolean
  /** The schema lets the spec be absent, but nothing can be made of such an object: its absence is the one finding. */
  readonly requiresSpec?: boolean
  /** False for a kind that is checked and stored, but changes no traffic yet: whoever writes an object is warned. */
  readonly isCarriedOut?: boolean
  /** What whoever writes such an object is told, e.g. what is done instead. */
  readonly warnings?: (object: T) => readonly string[]
}

const specOf = (object: unknown): unknown => (isJsonObject(object) ? object['spec'] : undefined)

const specDiffers = (object: KubeObject, old: KubeObject): boolean => !jsonEqual(specOf(object), specOf(old))

/** Callers hand a kind's functions only objects of that kind whose types the schema has accepted. */
export const defineKind = <T extends KubeObject>(definition: KindDefinition<T>): Kind => {
  const { applyDefaults, validate, advice, generationChanges, warnings } = definition
  return {
    group: definition.group,
    kind: definition.kind,
    plural: definition.plural,
    singular: definition.kind.toLowerCase(),
    shortNames: definition.shortNames ?? [],
    categories: definition.categories ?? [],
    namespaced: definition.namespaced,
    versions: definition.versions,
    subresources: definition.subresources ?? { status: false },
    ...(definition.verbs === undefined ? {} : { verbs: definition.verbs }),
    ...(definition.storedAs === undefined ? {} : { storedAs: definition.storedAs }),
    columns: definition.columns ?? [nameColumn, ageColumn],
    schema: (version) => schemaLibrary(schemaNameOf(definition.group, version, definition.kind)),
    applyDefaults: (object) => {
      const completed = applyDefaults?.(object as T) ?? object
      return jsonEqual(completed, object) ? object : completed
    },
    validate: (object, old) =>
      definition.requiresSpec === true && !isJsonObject(specOf(object))
        ? [required('spec')]
        : (validate?.(object as T, old as T | undefined) ?? []),
    ...(advice === undefined ? {} : { advice: (object) => advice(object as T) }),
    warnings: (object) => [
      ...(definition.isCarriedOut === false
        ? [`${definition.kind} ${object.metadata.name}: stored, not carried out yet`]
        : []),
      ...(warnings?.(object as T) ?? []),
    ],
    generationChanges: (object, old) =>
      generationChanges?.(object as T, old as T) ?? specDiffers(object, old),
  }
}
