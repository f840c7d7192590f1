/** A Kubernetes API in memory, enough for a node: objects, revisions, watches, merge patches, graceful pod deletion. */
import { randomUUID } from 'node:crypto'
import { ApiError } from '../../src/machinery/api-error.ts'
import type { ClusterPort, ObjectName, ResourceRef, WatchEvent } from '../../src/machinery/ports.ts'
import { isJsonObject } from '../../src/primitives/json-value.ts'
import type { KubeObject } from '../../src/resources/kube-object.ts'

type Listener = (plural: string, event: WatchEvent<KubeObject>) => void

const failure = (code: number, reason: string, message: string): ApiError =>
  new ApiError({ code, reason, message })

const merge = (target: unknown, patch: unknown): unknown => {
  if (!isJsonObject(patch)) return patch
  const result: Record<string, unknown> = isJsonObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merge(result[key], value)
  }
  return result
}

export const createMemoryCluster = (): ClusterPort & {
  readonly all: <T extends KubeObject>(plural: string) => T[]
} => {
  const objects = new Map<string, KubeObject>()
  const listeners = new Set<Listener>()
  let revision = 0
  const key = (resource: ResourceRef, name: ObjectName): string =>
    `${resource.plural}/${name.namespace ?? ''}/${name.name}`
  const nameOf = (object: KubeObject): ObjectName => ({
    name: object.metadata.name,
    ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
  })
  const store = <T extends KubeObject>(resource: ResourceRef, object: T, type: 'ADDED' | 'MODIFIED'): T => {
    revision += 1
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }
    objects.set(key(resource, nameOf(object)), stored)
    for (const listener of listeners) listener(resource.plural, { type, object: stored })
    return stored
  }
  const existing = (resource: ResourceRef, name: ObjectName): KubeObject => {
    const found = objects.get(key(resource, name))
    if (found === undefined) throw failure(404, 'NotFound', `${resource.plural} "${name.name}" not found`)
    return found
  }
  const of = <T extends KubeObject>(plural: string): T[] =>
    [...objects].flatMap(([path, object]) => (path.startsWith(`${plural}/`) ? [object as T] : []))

  return {
    all: of,
    get: async <T extends KubeObject>(resource: ResourceRef, name: ObjectName) =>
      objects.get(key(resource, name)) as T | undefined,
    list: async <T extends KubeObject>(resource: ResourceRef, options: { namespace?: string }) => ({
      items: of<T>(resource.plural).filter(
        (each) => options.namespace === undefined || each.metadata.namespace === options.namespace,
      ),
      resourceVersion: String(revision),
    }),
    async *watch<T extends KubeObject>(resource: ResourceRef, _options: object, signal: AbortSignal) {
      const queue: WatchEvent<T>[] = []
      let wake = (): void => undefined
      const listener: Listener = (plural, event) => {
        if (plural !== resource.plural) return
        queue.push(event as WatchEvent<T>)
        wake()
      }
      listeners.add(listener)
      signal.addEventListener('abort', () => wake())
      try {
        while (!signal.aborted) {
          const event = queue.shift()
          if (event === undefined) await new Promise<void>((resolve) => (wake = resolve))
          else yield event
        }
      } finally {
        listeners.delete(listener)
      }
    },
    create: async (resource, object) => {
      if (resource.subresource === 'token')
        return { ...object, status: { token: `token of ${object.metadata.name}` } }
      if (objects.has(key(resource, nameOf(object)))) throw failure(409, 'AlreadyExists', 'it exists already')
      const metadata = { uid: randomUUID(), ...object.metadata }
      return store(resource, { ...object, metadata }, 'ADDED')
    },
    update: async (resource, object) => store(resource, object, 'MODIFIED'),
    patch: async <T extends KubeObject>(
      resource: ResourceRef,
      name: ObjectName,
      patch: { readonly body: unknown },
    ): Promise<T> => store(resource, merge(existing(resource, name), patch.body) as T, 'MODIFIED'),
    delete: async (resource, name, options) => {
      const found = existing(resource, name)
      const grace = options?.gracePeriodSeconds ?? 30
      if (resource.plural === 'pods' && grace > 0) {
        const deletionTimestamp = new Date(Date.now() + grace * 1000).toISOString()
        const metadata = { ...found.metadata, deletionTimestamp, deletionGracePeriodSeconds: grace }
        store(resource, { ...found, metadata }, 'MODIFIED')
        return
      }
      objects.delete(key(resource, name))
      revision += 1
      for (const listener of listeners) listener(resource.plural, { type: 'DELETED', object: found })
    },
  }
}
