import { isApiError } from '../../machinery/api-error.ts'
import type { ClusterPort, ResourceRef } from '../../machinery/ports.ts'
import { jsonEqual } from '../../primitives/json-value.ts'
import type { ControllerRevision } from '../../resources/apps/controller-revision.ts'
import { resources } from '../controller-context.ts'
import type { RevisionAction, Revised } from './plan-revisions.ts'

/** The name is taken: by the same revision, not yet in the cache, or by another template of that hash. */
const collided = async (
  { cluster, owners }: { readonly cluster: ClusterPort; readonly owners: ResourceRef },
  { owner, revision }: { readonly owner: Revised; readonly revision: ControllerRevision },
  signal: AbortSignal,
): Promise<void> => {
  const there = await cluster.get<ControllerRevision>(
    resources.controllerRevisions,
    revision.metadata,
    signal,
  )
  if (there === undefined || jsonEqual(there.data, revision.data)) return
  const status = { ...owner.status, collisionCount: (owner.status?.collisionCount ?? 0) + 1 }
  await cluster.update(owners, { ...owner, status }, { subresource: 'status', signal })
}

const create = async (
  place: { readonly cluster: ClusterPort; readonly owners: ResourceRef },
  { owner, revision }: { readonly owner: Revised; readonly revision: ControllerRevision },
  signal: AbortSignal,
): Promise<void> => {
  try {
    await place.cluster.create(resources.controllerRevisions, revision, signal)
  } catch (error) {
    if (isApiError(error, 409)) await collided(place, { owner, revision }, signal)
    throw error
  }
}

/** Carries out changes of an owner's history. Throws 409 for a taken name: the next try has another, or sees it. */
export const writeRevisions = async (
  place: { readonly cluster: ClusterPort; readonly owners: ResourceRef },
  { owner, actions }: { readonly owner: Revised; readonly actions: readonly RevisionAction[] },
  signal: AbortSignal,
): Promise<void> => {
  const { cluster } = place
  for (const { type, revision } of actions) {
    switch (type) {
      case 'createRevision':
        await create(place, { owner, revision }, signal)
        break
      case 'updateRevision':
        await cluster.update(resources.controllerRevisions, revision, { signal })
        break
      case 'deleteRevision':
        await cluster
          .delete(resources.controllerRevisions, revision.metadata, { signal })
          .catch((error: unknown) => {
            if (!isApiError(error, 404)) throw error
          })
    }
  }
}
