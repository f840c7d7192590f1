/** One row of the table of kinds: discovery, validation, tables and names all derive from it. */
import type { JsonObject, JsonValue } from '../primitives/json-value.ts'
import type { KubeObject } from './kube-object.ts'
import type { Schema } from './schema.ts'

/** A printer column of `kubectl get`, as a CustomResourceDefinition declares it. */
export interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format?: string
  readonly description: string
  /** 0: always shown; above: only with `-o wide`. */
  readonly priority: number
  /** The cell as kubectl prints it: ages are computed here (`5m`), as a real API server does. `now` is milliseconds since the epoch. */
  readonly cell: (object: KubeObject, now: number) => JsonValue
}

/** What is wrong with an object. `field` is a path such as `spec.servers[0].port`. */
export interface FieldError {
  readonly field: string
  readonly reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueDuplicate'
    | 'FieldValueForbidden'
    | 'FieldValueNotSupported'
    | 'FieldValueTypeInvalid'
    | 'FieldValueNotFound'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
  /** What is wrong and what to write instead. */
  readonly message: string
  readonly value?: JsonValue
}

/** What an accepted object is warned of, with the field that it is about. */
export interface FieldAdvice {
  readonly field: string
  readonly message: string
  /** The code of analysis that tells the same; absent: the one of warnings. */
  readonly code?: string
}

export interface Subresources {
  readonly status: boolean
  /** Paths as in CustomResourceDefinition `subresources.scale`, e.g. `.spec.replicas`. */
  readonly scale?: {
    readonly specReplicasPath: string
    readonly statusReplicasPath: string
    readonly labelSelectorPath?: string
  }
  /** Further ones by name: log, exec, attach, portforward, eviction, binding, token. */
  readonly others?: readonly string[]
}

/** What is peculiar to the kinds of CustomResourceDefinitions. One of them has one row per served version. */
export interface CustomShape {
  /** The version that objects are written in; it need not be served. */
  readonly storedVersion: string
  /** The kind of lists: `CronTabList` unless the definition says another. */
  readonly listKind: string
  /** The definition is being deleted: nothing new is created, what is there goes. */
  readonly isTerminating: boolean
  /** Fields that a fieldSelector may name beside name and namespace: `spec.color`. */
  readonly selectableFields: readonly string[]
  /** The object without the fields that the version's schema does not know, and their paths. */
  readonly prune: (object: JsonObject) => { readonly object: JsonObject; readonly unknown: readonly string[] }
  /** A stored object in the version's shape: pruned, with defaults. Absent: stored objects have that shape. */
  readonly fromStored?: (object: JsonObject) => JsonObject
}

/** How objects of a kind lie in the store as those of another. */
export interface StoredAs {
  readonly kind: Kind
  readonly toStored: (object: KubeObject) => KubeObject
  readonly fromStored: (object: KubeObject) => KubeObject
}

export interface Kind {
  readonly group: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  /** There for the kind of a CustomResourceDefinition; `validate` then checks the schema too. */
  readonly custom?: CustomShape
  /** Served versions, the stored one first. All versions of a kind have one shape; reading converts apiVersion alone. */
  readonly versions: readonly string[]
  readonly subresources: Subresources
  /** What clients may do; absent: everything. A kind with verbs of its own is answered, not stored. */
  readonly verbs?: readonly string[]
  /** The objects are another kind's, seen under other names. */
  readonly storedAs?: StoredAs
  readonly columns: readonly Column[]
  /** The structural schema of a version, with `$ref`s into the schema library. */
  readonly schema: (version: string) => Schema
  /** Kubernetes' defaults for absent fields. Pure; returns the same object when nothing is absent. */
  readonly applyDefaults: (object: KubeObject) => KubeObject
  /** Semantic validation beyond the schema; `old` is there on update (immutable fields). */
  readonly validate: (object: KubeObject, old?: KubeObject) => readonly FieldError[]
  /** What the kind's own webhook accepts with a warning, of an object whose types are right; absent: nothing. */
  readonly advice?: (object: KubeObject) => readonly FieldAdvice[]
  /** What whoever writes such an object is warned of, beside errors; absent: nothing. */
  readonly warnings?: (object: KubeObject) => readonly string[]
  /** True when a change from `old` to `object` increments metadata.generation (by default: spec differs). */
  readonly generationChanges: (object: KubeObject, old: KubeObject) => boolean
}
