/** The end of a CustomResourceDefinition: its objects are deleted, then it goes (apiextensions finalizer controller). */
import { isApiError } from '../../machinery/api-error.ts'
import type { ResourceRef } from '../../machinery/ports.ts'
import { timestampOf } from '../../primitives/timestamp.ts'
import type { CustomResourceDefinition } from '../../resources/apiextensions/custom-resource-definition.ts'
import { cleanupFinalizer, withTerminating } from '../../resources/apiextensions/definition-status.ts'
import {
  type Controller,
  type ControlledKind,
  type ControllerContext,
  resources,
} from '../controller-context.ts'
import { emptyResource } from '../empty-resource.ts'
import { createReconciler } from '../reconciler.ts'

const refOf = ({ group, version, plural }: ControlledKind): ResourceRef => ({ group, version, plural })

const retryAfterMs = 1_000

/** Deletes the objects of definitions that are being deleted, and lets the definitions go when none is left. */
export const createDefinitionCleanupController = (
  context: ControllerContext,
  signal: AbortSignal,
): Controller => {
  const { cluster, clock, config } = context
  const name = 'custom-resource-definition-controller'
  const { customKinds } = config

  const release = async (definition: CustomResourceDefinition): Promise<void> => {
    const { metadata } = definition
    const finalizers = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== cleanupFinalizer)
    const done = withTerminating(definition.status, {
      status: 'False',
      reason: 'InstanceDeletionCompleted',
      message: 'removed all instances',
      lastTransitionTime: timestampOf(clock.now()),
    })
    try {
      const told = await cluster.update<CustomResourceDefinition>(
        resources.definitions,
        { ...definition, status: done },
        { subresource: 'status', signal },
      )
      await cluster.update(
        resources.definitions,
        { ...told, metadata: { ...told.metadata, finalizers } },
        { signal },
      )
    } catch (error) {
      if (!isApiError(error, 404)) throw error
    }
  }

  const reconcile = async (key: string): Promise<void> => {
    const definition = await cluster.get<CustomResourceDefinition>(
      resources.definitions,
      { name: key },
      signal,
    )
    if (definition?.metadata.deletionTimestamp === undefined) return
    if (definition.metadata.finalizers?.includes(cleanupFinalizer) !== true) return
    const kind = customKinds?.current().find(({ name: each }) => each === key)?.kind
    if (kind !== undefined && (await emptyResource(cluster, refOf(kind), {}, signal)) > 0) {
      reconciler.enqueueAfter(key, retryAfterMs)
      return
    }
    await release(definition)
  }

  const reconciler = createReconciler({ ...context, name, reconcile })
  const look = (): void => {
    for (const definition of customKinds?.current() ?? []) {
      if (definition.isTerminating) reconciler.enqueue(definition.name)
    }
  }
  look()
  const end = customKinds?.subscribe(look)
  signal.addEventListener('abort', () => end?.(), { once: true })
  return { name, run: reconciler.run }
}
