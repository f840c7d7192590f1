/** A client of any Kubernetes API, embedded or real: the read and write ports over HTTP. */
import { isApiError } from '../machinery/api-error.ts'
import type { ClusterPort, ObjectList, PatchKind, ResourceRef } from '../machinery/ports.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { ClusterEndpoint } from './endpoint.ts'
import { createTransport } from './http-transport.ts'
import { createRawAccess, jsonHeaders, type RawAccess } from './raw-access.ts'
import { collectionPath, objectPath, queryText, selectorFields } from './resource-path.ts'
import { watchEvents } from './watch-events.ts'

export interface ClusterClient extends ClusterPort {
  readonly raw: RawAccess
  /** Closes idle connections; requests under way end with their own signals. */
  readonly close: () => void
}

const contentTypeOf: Readonly<Record<PatchKind, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

/** An empty name means "from generateName": kubectl and client-go leave the field out. */
const withoutEmptyName = (object: KubeObject): unknown => {
  if (object.metadata.name !== '') return object
  const { name: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

interface ListBody<T> {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string }
  readonly items: readonly T[] | null
}

/** Kubernetes leaves apiVersion and kind out of a list's items; readers of KubeObject need them. */
const itemsWithKind = <T extends KubeObject>(list: ListBody<T>): readonly T[] =>
  (list.items ?? []).map((item) =>
    item.kind === undefined || item.kind === ''
      ? { ...item, apiVersion: list.apiVersion, kind: list.kind.replace(/List$/, '') }
      : item,
  )

/** Large clusters answer lists in pages; all pages show the revision of the first. */
const pageLimit = 2000

const readPort = (
  raw: RawAccess,
  endpoint: ClusterEndpoint,
): Pick<ClusterPort, 'get' | 'list' | 'watch'> => ({
  get: async (resource, name, signal) => {
    try {
      return await raw.json({ method: 'GET', path: objectPath(resource, name) }, signal)
    } catch (error) {
      if (isApiError(error, 404)) return undefined
      throw error
    }
  },
  list: async <T extends KubeObject>(
    resource: ResourceRef,
    options: Parameters<ClusterPort['list']>[1],
    signal?: AbortSignal,
  ): Promise<ObjectList<T>> => {
    const items: T[] = []
    let resourceVersion = ''
    let next: string | undefined
    do {
      const query = queryText({ ...selectorFields(options), limit: pageLimit, continue: next })
      const path = collectionPath(resource, options.namespace) + query
      const page = await raw.json<ListBody<T>>({ method: 'GET', path }, signal)
      items.push(...itemsWithKind(page))
      resourceVersion = page.metadata?.resourceVersion ?? resourceVersion
      next = page.metadata?.continue === '' ? undefined : page.metadata?.continue
    } while (next !== undefined)
    return { items, resourceVersion }
  },
  watch: (resource, options, signal) => {
    const query = queryText({
      ...selectorFields(options),
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: options.resourceVersion,
    })
    return watchEvents(raw, { endpoint, path: collectionPath(resource, options.namespace) + query }, signal)
  },
})

const writePort = (raw: RawAccess): Pick<ClusterPort, 'create' | 'update' | 'patch' | 'delete'> => ({
  create: (resource, object, signal) => {
    const path =
      resource.subresource === undefined
        ? collectionPath(resource, object.metadata.namespace)
        : objectPath(resource, object.metadata)
    return raw.json({ method: 'POST', path, body: JSON.stringify(withoutEmptyName(object)) }, signal)
  },
  update: (resource, object, options) => {
    const path = objectPath(resource, object.metadata, options?.subresource)
    return raw.json({ method: 'PUT', path, body: JSON.stringify(object) }, options?.signal)
  },
  patch: (resource, name, patch, options) => {
    const query = queryText({ fieldManager: patch.fieldManager, force: patch.force })
    return raw.json(
      {
        method: 'PATCH',
        path: objectPath(resource, name, options?.subresource) + query,
        headers: { 'content-type': contentTypeOf[patch.kind] },
        body: JSON.stringify(patch.body),
      },
      options?.signal,
    )
  },
  delete: async (resource, name, options) => {
    const { signal, ...deleteOptions } = options ?? {}
    const body = JSON.stringify({ kind: 'DeleteOptions', apiVersion: 'v1', ...deleteOptions })
    await raw.text({ method: 'DELETE', path: objectPath(resource, name), headers: jsonHeaders, body }, signal)
  },
})

/**
 * The ports over HTTP. Failures that the server reports are ApiErrors; a server that does not answer is
 * CodedError `cluster-unreachable`, and repeating is left to the caller. Opens no connection yet.
 */
export const connectCluster = (endpoint: ClusterEndpoint): ClusterClient => {
  const transport = createTransport(endpoint)
  const raw = createRawAccess(transport, endpoint)
  return { ...readPort(raw, endpoint), ...writePort(raw), raw, close: transport.close }
}
