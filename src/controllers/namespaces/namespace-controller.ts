/** Namespaces: what each one holds from the start, and an end that takes everything in it along. */
import { isApiError } from '../../machinery/api-error.ts'
import type { ResourceRef } from '../../machinery/ports.ts'
import type { Namespace } from '../../resources/core/namespace.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import {
  type ControlledKind,
  type Controller,
  type ControllerContext,
  resources,
} from '../controller-context.ts'
import { createReconciler } from '../reconciler.ts'

/** The finalizer (of the spec, not of the metadata) that stands for "not yet empty". */
const finalizer = 'kubernetes'

const refOf = ({ group, version, plural }: ControlledKind): ResourceRef => ({ group, version, plural })

/** Empties namespaces that are being deleted, then lets them go. */
export const createNamespaceController = (context: ControllerContext, signal: AbortSignal): Controller => {
  const { cluster, informers, config } = context
  const name = 'namespace-controller'
  const namespaces = informers.informer<Namespace>(resources.namespaces)
  const kinds = config.kinds.filter(({ namespaced }) => namespaced)

  /** Deletes what is there of one kind; gives how many objects are left. */
  const empty = async (kind: ControlledKind, namespace: string): Promise<number> => {
    const resource = refOf(kind)
    const { items } = await cluster.list<KubeObject>(resource, { namespace }, signal)
    const going = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    for (const { metadata } of going) {
      const preconditions = metadata.uid === undefined ? {} : { preconditions: { uid: metadata.uid } }
      const options = { propagationPolicy: 'Background', ...preconditions, signal } as const
      try {
        await cluster.delete(resource, { namespace, name: metadata.name }, options)
      } catch (error) {
        if (!isApiError(error, 404) && !isApiError(error, 409)) throw error
      }
    }
    if (items.length === 0) return 0
    return (await cluster.list<KubeObject>(resource, { namespace }, signal)).items.length
  }

  const reconcile = async (key: string): Promise<void> => {
    const namespace = namespaces.cache.get(key)
    if (namespace?.metadata.deletionTimestamp === undefined) return
    if (!(namespace.spec?.finalizers ?? []).includes(finalizer)) return
    const counts = await Promise.all(kinds.map((kind) => empty(kind, key)))
    if (counts.some((count) => count > 0)) {
      // Pods end in their own time and wake us; this is for what no informer shows.
      reconciler.enqueueAfter(key, 5_000)
      return
    }
    const finalizers = (namespace.spec?.finalizers ?? []).filter((one) => one !== finalizer)
    const object = { ...namespace, spec: { ...namespace.spec, finalizers } }
    try {
      await cluster.update(resources.namespaces, object, { subresource: 'finalize', signal })
    } catch (error) {
      if (!isApiError(error, 404)) throw error
    }
  }

  const reconciler = createReconciler({ ...context, name, reconcile })
  namespaces.subscribe(({ object }) => reconciler.enqueue(object.metadata.name))
  for (const kind of kinds) {
    if (kind.kind === 'Event') continue
    informers.informer<KubeObject>(refOf(kind)).subscribe(({ type, object }) => {
      const namespace = namespaces.cache.get(object.metadata.namespace ?? '')
      if (type === 'deleted' && namespace?.metadata.deletionTimestamp !== undefined) {
        reconciler.enqueue(namespace.metadata.name)
      }
    })
  }
  return { name, run: reconciler.run }
}
