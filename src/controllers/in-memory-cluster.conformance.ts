/** A Kubernetes API in memory, as far as controllers can tell the difference: for their tests, without processes. */
import { ApiError } from '../machinery/api-error.ts'
import { timestampOf } from '../primitives/timestamp.ts'
import type { ClusterPort, ListOptions, ResourceRef, WatchEvent } from '../machinery/ports.ts'
import { isJsonObject, jsonEqual } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'

type Stored = KubeObject & { spec?: Record<string, unknown>; status?: Record<string, unknown> }
type Log = { readonly resource: string; readonly event: Exclude<WatchEvent<Stored>, { type: 'BOOKMARK' }> }

const failure = (code: number, reason: string, message: string): ApiError =>
  new ApiError({ code, reason, message })

const mergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isJsonObject(patch)) return patch
  const merged: Record<string, unknown> = isJsonObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else merged[key] = mergePatch(merged[key], value)
  }
  return merged
}

export interface InMemoryCluster extends ClusterPort {
  /** All objects of a resource now. */
  readonly all: <T extends KubeObject>(resource: ResourceRef) => T[]
  /** Every write so far: `create pods/default/web-x`. */
  readonly writes: readonly string[]
  /** Refuses requests with what the function gives, as an overloaded or strict server would. */
  refuse: (verb: string, resource: ResourceRef, object: KubeObject) => ApiError | undefined
  /** Pods end at once unless a test keeps them terminating. */
  graceful: boolean
  /** What a kubelet does in the end: takes a pod away that is terminating. */
  readonly finish: (resource: ResourceRef, key: string) => void
}

export const createInMemoryCluster = (now: () => number = Date.now): InMemoryCluster => {
  const objects = new Map<string, Stored>()
  const log: Log[] = []
  const wakers = new Set<() => void>()
  const writes: string[] = []
  let counter = 0
  const resourceKey = ({ group, plural }: ResourceRef): string => `${group}/${plural}`
  const keyOf = (resource: ResourceRef, { namespace, name }: { namespace?: string; name: string }): string =>
    `${resourceKey(resource)}|${namespace ?? ''}|${name}`
  const timestamp = (): string => timestampOf(now())

  const commit = (resource: ResourceRef, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: Stored): Stored => {
    counter += 1
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(counter) } }
    if (type === 'DELETED') objects.delete(keyOf(resource, object.metadata))
    else objects.set(keyOf(resource, object.metadata), stored)
    log.push({ resource: resourceKey(resource), event: { type, object: stored } })
    for (const wake of wakers) wake()
    return stored
  }
  const note = (verb: string, resource: ResourceRef, object: KubeObject): void => {
    const place = object.metadata.namespace === undefined ? '' : `${object.metadata.namespace}/`
    writes.push(`${verb} ${resource.plural}/${place}${object.metadata.name}`)
    const refusal = cluster.refuse(verb, resource, object)
    if (refusal !== undefined) throw refusal
  }
  const find = (resource: ResourceRef, name: { namespace?: string; name: string }): Stored => {
    const found = objects.get(keyOf(resource, name))
    if (found === undefined) throw failure(404, 'NotFound', `${resource.plural} "${name.name}" not found`)
    return found
  }
  /** Stores, or removes what waits for nothing any more. */
  const settle = (resource: ResourceRef, object: Stored): Stored => {
    const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds = 0 } = object.metadata
    const content = resource.plural === 'namespaces' ? ((object.spec?.['finalizers'] ?? []) as string[]) : []
    const free = finalizers.length === 0 && content.length === 0 && deletionGracePeriodSeconds === 0
    return commit(resource, deletionTimestamp !== undefined && free ? 'DELETED' : 'MODIFIED', object)
  }
  const selected = (object: Stored, options: ListOptions): boolean =>
    options.namespace === undefined || object.metadata.namespace === options.namespace

  const replace = (resource: ResourceRef, next: Stored, subresource: string | undefined): Stored => {
    const stored = find(resource, next.metadata)
    const { resourceVersion, uid } = next.metadata
    const stale = resourceVersion !== undefined && resourceVersion !== stored.metadata.resourceVersion
    if (stale || (uid !== undefined && uid !== stored.metadata.uid)) {
      throw failure(409, 'Conflict', `Operation cannot be fulfilled on ${next.metadata.name}: modified`)
    }
    const status = subresource === 'status' ? next.status : stored.status
    const base = subresource === 'status' ? stored : next
    const specChanged = !jsonEqual(base.spec, stored.spec)
    const generation = (stored.metadata.generation ?? 1) + (specChanged ? 1 : 0)
    const metadata = { ...base.metadata, uid: stored.metadata.uid ?? '', generation }
    const object = { ...base, metadata, ...(status === undefined ? {} : { status }) }
    const same = jsonEqual(
      { ...object, metadata: { ...metadata, resourceVersion: '' } },
      { ...stored, metadata: { ...stored.metadata, resourceVersion: '' } },
    )
    return same ? stored : settle(resource, object)
  }

  const bind = (binding: Stored & { target?: { name?: string } }): Stored => {
    const pods = { group: '', version: 'v1', plural: 'pods' }
    const pod = find(pods, binding.metadata)
    if (pod.spec?.['nodeName'] !== undefined) throw failure(409, 'Conflict', 'already bound')
    const conditions = [{ type: 'PodScheduled', status: 'True' }]
    const spec = { ...pod.spec, nodeName: binding.target?.name }
    return commit(pods, 'MODIFIED', { ...pod, spec, status: { ...pod.status, conditions } })
  }

  const cluster: InMemoryCluster = {
    writes,
    graceful: false,
    refuse: () => undefined,
    all: <T extends KubeObject>(resource: ResourceRef) =>
      [...objects]
        .filter(([key]) => key.startsWith(`${resourceKey(resource)}|`))
        .map(([, object]) => object as unknown as T),
    finish: (resource, key) => {
      const object = find(resource, { namespace: key.split('/')[0] ?? '', name: key.split('/')[1] ?? '' })
      commit(resource, 'DELETED', object)
    },
    get: async <T extends KubeObject>(resource: ResourceRef, name: { namespace?: string; name: string }) =>
      objects.get(keyOf(resource, name)) as unknown as T | undefined,
    list: async <T extends KubeObject>(resource: ResourceRef, options: ListOptions) => ({
      items: cluster.all<Stored>(resource).filter((object) => selected(object, options)) as unknown as T[],
      resourceVersion: String(counter),
    }),
    watch: async function* <T extends KubeObject>(
      resource: ResourceRef,
      options: ListOptions & { resourceVersion: string },
      signal: AbortSignal,
    ) {
      let position = log.findIndex(
        ({ event }) => Number(event.object.metadata.resourceVersion) > Number(options.resourceVersion),
      )
      if (position === -1) position = log.length
      while (!signal.aborted) {
        const entry = log[position]
        if (entry === undefined) {
          await new Promise<void>((resolve) => {
            const wake = (): void => {
              wakers.delete(wake)
              signal.removeEventListener('abort', wake)
              resolve()
            }
            wakers.add(wake)
            signal.addEventListener('abort', wake)
          })
          continue
        }
        position += 1
        const mine = entry.resource === resourceKey(resource) && selected(entry.event.object, options)
        if (mine) yield entry.event as unknown as WatchEvent<T>
      }
    },
    create: async <T extends KubeObject>(resource: ResourceRef, object: T) => {
      note('create', resource, object)
      if (resource.subresource === 'binding') return bind(object as unknown as Stored) as unknown as T
      const { generateName } = object.metadata
      const name =
        object.metadata.name === ''
          ? `${generateName}${(counter + 36 ** 4).toString(36)}`
          : object.metadata.name
      if (objects.has(keyOf(resource, { ...object.metadata, name }))) {
        throw failure(409, 'AlreadyExists', `${resource.plural} "${name}" already exists`)
      }
      const metadata = {
        ...object.metadata,
        name,
        uid: `uid-${counter}`,
        generation: 1,
        creationTimestamp: timestamp(),
      }
      const spec = resource.plural === 'namespaces' ? { spec: { finalizers: ['kubernetes'] } } : {}
      return commit(resource, 'ADDED', { ...object, ...spec, metadata }) as unknown as T
    },
    update: async <T extends KubeObject>(
      resource: ResourceRef,
      object: T,
      options?: { subresource?: string },
    ) => {
      note(options?.subresource === undefined ? 'update' : `update ${options.subresource}`, resource, object)
      return replace(resource, object as unknown as Stored, options?.subresource) as unknown as T
    },
    patch: async (resource, name, patch, options) => {
      const stored = find(resource, name)
      if (patch.kind !== 'merge') throw failure(415, 'UnsupportedMediaType', patch.kind)
      note('patch', resource, stored)
      return replace(resource, mergePatch(stored, patch.body) as Stored, options?.subresource) as never
    },
    delete: async (resource, name, options) => {
      const stored = find(resource, name)
      note('delete', resource, stored)
      const { uid } = options?.preconditions ?? {}
      if (uid !== undefined && uid !== stored.metadata.uid) throw failure(409, 'Conflict', 'uid')
      const policy = { Foreground: ['foregroundDeletion'], Orphan: ['orphan'], Background: [] }[
        options?.propagationPolicy ?? 'Background'
      ]
      const grace = resource.plural === 'pods' && cluster.graceful ? { deletionGracePeriodSeconds: 30 } : {}
      const finalizers = [...new Set([...(stored.metadata.finalizers ?? []), ...policy])]
      const deletionTimestamp = stored.metadata.deletionTimestamp ?? timestamp()
      const metadata = { ...stored.metadata, finalizers, deletionTimestamp, ...grace }
      settle(resource, { ...stored, metadata })
    },
  }
  return cluster
}
