/** Namespaces: what each one holds from the start, and an end that takes everything in it along. */
import { isApiError } from '../../machinery/api-error.ts'
import type { ResourceRef } from '../../machinery/ports.ts'
import type { Namespace } from '../../resources/core/namespace.ts'
import {
  type ControlledKind,
  type Controller,
  type ControllerContext,
  resources,
} from '../controller-context.ts'
import { followKinds } from '../custom-resources/followed-kinds.ts'
import { emptyResource } from '../empty-resource.ts'
import { createReconciler } from '../reconciler.ts'

/** The finalizer (of the spec, not of the metadata) that stands for "not yet empty". */
const finalizer = 'kubernetes'

const refOf = ({ group, version, plural }: ControlledKind): ResourceRef => ({ group, version, plural })

/** Empties namespaces that are being deleted, then lets them go. */
export const createNamespaceController = (context: ControllerContext, signal: AbortSignal): Controller => {
  const { cluster, informers } = context
  const name = 'namespace-controller'
  const namespaces = informers.informer<Namespace>(resources.namespaces)

  const reconcile = async (key: string): Promise<void> => {
    const namespace = namespaces.cache.get(key)
    if (namespace?.metadata.deletionTimestamp === undefined) return
    if (!(namespace.spec?.finalizers ?? []).includes(finalizer)) return
    const counts = await Promise.all(
      followed.current().map((kind) => emptyResource(cluster, refOf(kind), { namespace: key }, signal)),
    )
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
  const followed = followKinds(
    context,
    {
      wants: ({ namespaced }) => namespaced,
      // Nobody waits for events, and there are many.
      follows: ({ kind }) => kind !== 'Event',
      onKind: (_kind, informer) => {
        informer.subscribe(({ type, object }) => {
          const namespace = namespaces.cache.get(object.metadata.namespace ?? '')
          if (type === 'deleted' && namespace?.metadata.deletionTimestamp !== undefined) {
            reconciler.enqueue(namespace.metadata.name)
          }
        })
      },
    },
    signal,
  )
  return { name, run: reconciler.run }
}
