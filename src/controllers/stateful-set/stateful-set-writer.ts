import type { EventRecorder } from '../../cluster/event-recorder.ts'
import { isApiError } from '../../machinery/api-error.ts'
import type { ClusterPort } from '../../machinery/ports.ts'
import type { Clock } from '../../primitives/clock.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import type { StatefulSet } from '../../resources/apps/stateful-set.ts'
import { resources } from '../controller-context.ts'
import type { PodExpectations } from '../pods/pod-expectations.ts'
import { writeRevisions } from '../revisions/revision-writer.ts'
import type { PodAction } from './plan-pods.ts'
import type { StatefulSetPlan } from './plan-stateful-set.ts'

interface Surroundings {
  readonly cluster: ClusterPort
  readonly recorder: EventRecorder
  /** A pod that was told to end and still runs in a late cache is not told again. */
  readonly expectations: PodExpectations
  readonly clock: Clock
}

/** Names do not change: what is there already, or gone already, was done by an earlier look that the cache lags. */
const settled = (error: unknown): boolean => isApiError(error, 404) || isApiError(error, 409)

const subjectOf = (set: StatefulSet, action: PodAction): string => {
  const of = `StatefulSet ${set.metadata.name}`
  return action.type === 'createClaim'
    ? `Claim ${action.claim.metadata.name} Pod ${action.pod} in ${of}`
    : `Pod ${action.pod.metadata.name} in ${of}`
}

const write = async (cluster: ClusterPort, action: PodAction, signal: AbortSignal): Promise<void> => {
  switch (action.type) {
    case 'createClaim':
      await cluster.create(resources.persistentVolumeClaims, action.claim, signal)
      return
    case 'createPod':
      await cluster.create(resources.pods, action.pod, signal)
      return
    case 'deletePod': {
      const { uid } = action.pod.metadata
      const preconditions = uid === undefined ? {} : { uid }
      await cluster.delete(resources.pods, action.pod.metadata, { preconditions, signal })
    }
  }
}

const perform = async (
  { cluster, recorder, expectations }: Surroundings,
  { set, action }: { readonly set: StatefulSet; readonly action: PodAction },
  signal: AbortSignal,
): Promise<void> => {
  const [verb, reason] =
    action.type === 'deletePod' ? (['delete', 'Delete'] as const) : (['create', 'Create'] as const)
  const subject = subjectOf(set, action)
  try {
    if (action.type === 'deletePod' && action.failed === true) {
      const { namespace, name } = action.pod.metadata
      const message = `StatefulSet ${namespace}/${set.metadata.name} is recreating failed Pod ${name}`
      recorder.record({ object: set, type: 'Warning', reason: 'RecreatingFailedPod', message })
    }
    await write(cluster, action, signal)
    const message = `${verb} ${subject} ${action.type === 'createClaim' ? 'success' : 'successful'}`
    recorder.record({ object: set, type: 'Normal', reason: `Successful${reason}`, message })
  } catch (error) {
    if (action.type === 'deletePod') {
      expectations.deletionSeen(set.metadata.uid ?? '', action.pod.metadata.uid ?? '')
    }
    if (settled(error) || signal.aborted) return
    const message = `${verb} ${subject} failed error: ${messageOf(error)}`
    recorder.record({ object: set, type: 'Warning', reason: `Failed${reason}`, message })
    throw error
  }
}

/** Carries out a planned step, in an order in which a crash loses nothing. */
export const writeStatefulSet = async (
  surroundings: Surroundings,
  { set, plan }: { readonly set: StatefulSet; readonly plan: StatefulSetPlan },
  signal: AbortSignal,
): Promise<void> => {
  const { cluster, expectations, clock } = surroundings
  const place = { cluster, owners: resources.statefulSets }
  await writeRevisions(place, { owner: set, actions: plan.revisions }, signal)
  for (const claim of plan.claims) await cluster.update(resources.persistentVolumeClaims, claim, { signal })
  if (plan.status !== undefined) {
    const next = { ...set, status: plan.status }
    await cluster.update(resources.statefulSets, next, { subresource: 'status', signal })
  }
  const owner = set.metadata.uid ?? ''
  const leaving = plan.pods.flatMap((action) =>
    action.type === 'deletePod' ? [action.pod.metadata.uid ?? ''] : [],
  )
  if (leaving.length > 0) expectations.expectDeletions(owner, leaving, clock.now())
  for (const action of plan.pods) await perform(surroundings, { set, action }, signal)
}
