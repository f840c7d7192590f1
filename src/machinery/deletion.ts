/** Deletion: preconditions, finalizers, propagation and grace, decided without doing anything. */
import { fail, ok, type Result } from '../primitives/result.ts'
import type { KubeObject, ObjectMeta } from '../resources/kube-object.ts'
import { timestampOf } from '../primitives/timestamp.ts'
import type { DeleteOptions } from './ports.ts'
import { resourceVersionPreconditionWhy, uidPreconditionWhy } from './status-errors.ts'

export const foregroundFinalizer = 'foregroundDeletion'
export const orphanFinalizer = 'orphan'

export interface DeletionContext {
  readonly options: DeleteOptions
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Set for kinds that end gracefully (pods: spec.terminationGracePeriodSeconds, 0 when nothing runs); else absent. */
  readonly gracePeriodSeconds?: number
}

export type Deletion<T extends KubeObject> =
  /** Take the object out of the store. */
  | { readonly type: 'remove' }
  /** Store this; it goes when finalizers and grace allow. */
  | { readonly type: 'mark'; readonly object: T }
  /** It is being deleted already and this request adds nothing. */
  | { readonly type: 'pending' }

/** What a delete request does. The error is the reason of a 409 conflict. */
export const planDeletion = <T extends KubeObject>(
  object: T,
  context: DeletionContext,
): Result<Deletion<T>, string> => {
  const refused = preconditionProblem(object.metadata, context.options)
  if (refused !== undefined) return fail(refused)
  const finalizers = finalizersFor(object.metadata, context.options)
  const pending = object.metadata.deletionTimestamp !== undefined
  const grace = graceOf(object.metadata, context)
  if (grace === 0 && finalizers.length === 0) return ok({ type: 'remove' })
  const sameFinalizers = finalizers.join() === (object.metadata.finalizers ?? []).join()
  if (pending && sameFinalizers && grace >= (object.metadata.deletionGracePeriodSeconds ?? 0))
    return ok({ type: 'pending' })
  return ok({ type: 'mark', object: marked(object, finalizers, { grace, now: context.now }) })
}

/** True when an object that is being deleted has nothing left to wait for. */
export const isReadyToRemove = ({ metadata }: KubeObject): boolean =>
  metadata.deletionTimestamp !== undefined &&
  (metadata.finalizers?.length ?? 0) === 0 &&
  (metadata.deletionGracePeriodSeconds ?? 0) === 0

const preconditionProblem = (metadata: ObjectMeta, { preconditions }: DeleteOptions): string | undefined => {
  const { uid, resourceVersion } = preconditions ?? {}
  if (uid !== undefined && uid !== metadata.uid) return uidPreconditionWhy(uid, metadata.uid ?? '')
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    return resourceVersionPreconditionWhy(resourceVersion, metadata.resourceVersion ?? '')
  }
  return undefined
}

const finalizersFor = (metadata: ObjectMeta, { propagationPolicy }: DeleteOptions): readonly string[] => {
  const present = metadata.finalizers ?? []
  if (propagationPolicy === undefined) return present
  const others = present.filter((each) => each !== foregroundFinalizer && each !== orphanFinalizer)
  switch (propagationPolicy) {
    case 'Background':
      return others
    case 'Foreground':
      return [...others, foregroundFinalizer]
    case 'Orphan':
      return [...others, orphanFinalizer]
  }
}

/** A second request may shorten the grace that runs, never lengthen it. */
const graceOf = (metadata: ObjectMeta, context: DeletionContext): number => {
  if (context.gracePeriodSeconds === undefined) return 0
  const asked = context.options.gracePeriodSeconds
  const running =
    metadata.deletionTimestamp === undefined ? Infinity : (metadata.deletionGracePeriodSeconds ?? 0)
  // What nothing runs for (0 by default) needs no grace, whatever was asked.
  const wanted =
    context.gracePeriodSeconds === 0 ? 0 : Math.max(0, asked ?? Math.min(context.gracePeriodSeconds, running))
  return Math.min(wanted, running)
}

const marked = <T extends KubeObject>(
  object: T,
  finalizers: readonly string[],
  { grace, now }: { readonly grace: number; readonly now: number },
): T => {
  const { finalizers: _, ...metadata } = object.metadata
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(finalizers.length === 0 ? {} : { finalizers }),
      deletionTimestamp: timestampOf(now + grace * 1000),
      deletionGracePeriodSeconds: grace,
      generation: (metadata.generation ?? 0) + (metadata.deletionTimestamp === undefined ? 1 : 0),
    },
  }
}
