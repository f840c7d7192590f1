/** Kubernetes object semantics without I/O: patches, apply, selectors, status errors, and the read and write ports. */
import type { JsonValue } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'

/** Names one resource of the API: group ('' for core), version, plural. */
export interface ResourceRef {
  readonly group: string
  readonly version: string
  readonly plural: string
  /** For `create` alone: POST to `<plural>/<metadata.name>/<subresource>` (binding, eviction, token). */
  readonly subresource?: string
}

export interface ListOptions {
  /** Absent: all namespaces (or a cluster-scoped kind). */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export interface ObjectList<T extends KubeObject> {
  readonly items: readonly T[]
  readonly resourceVersion: string
}

export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }

/**
 * The read port: list, then watch from the list's resourceVersion.
 * A watch whose revision is compacted throws an ApiError with code 410; the reader lists again.
 */
export interface ReadPort {
  readonly get: <T extends KubeObject>(
    resource: ResourceRef,
    name: ObjectName,
    signal?: AbortSignal,
  ) => Promise<T | undefined>
  readonly list: <T extends KubeObject>(
    resource: ResourceRef,
    options: ListOptions,
    signal?: AbortSignal,
  ) => Promise<ObjectList<T>>
  readonly watch: <T extends KubeObject>(
    resource: ResourceRef,
    options: ListOptions & { readonly resourceVersion: string },
    signal: AbortSignal,
  ) => AsyncIterable<WatchEvent<T>>
}

export interface ObjectName {
  readonly namespace?: string
  readonly name: string
}

export type PatchKind = 'json' | 'merge' | 'strategic' | 'apply'

export interface PatchRequest {
  readonly kind: PatchKind
  readonly body: JsonValue
  /** Needed for 'apply': the field manager; `force` takes over conflicting fields. */
  readonly fieldManager?: string
  readonly force?: boolean
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/** The write port. Every failure is an ApiError (machinery/api-error.ts) carrying the Kubernetes Status. */
export interface WritePort {
  readonly create: <T extends KubeObject>(
    resource: ResourceRef,
    object: T,
    signal?: AbortSignal,
  ) => Promise<T>
  /** Compare-and-swap on metadata.resourceVersion when it is set. `subresource` e.g. 'status'. */
  readonly update: <T extends KubeObject>(
    resource: ResourceRef,
    object: T,
    options?: { readonly subresource?: string; readonly signal?: AbortSignal },
  ) => Promise<T>
  readonly patch: <T extends KubeObject>(
    resource: ResourceRef,
    name: ObjectName,
    patch: PatchRequest,
    options?: { readonly subresource?: string; readonly signal?: AbortSignal },
  ) => Promise<T>
  readonly delete: (
    resource: ResourceRef,
    name: ObjectName,
    options?: DeleteOptions & { readonly signal?: AbortSignal },
  ) => Promise<void>
}

/** Both ports: what controllers, node and control plane hold. Implemented by `cluster` for any Kubernetes API. */
export type ClusterPort = ReadPort & WritePort
