import type { EventRecorder } from '../../cluster/event-recorder.ts'
import { isApiError } from '../../machinery/api-error.ts'
import type { ClusterPort } from '../../machinery/ports.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import type { ReplicaSet } from '../../resources/apps/replica-set.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { resources } from '../controller-context.ts'
import { podFromTemplate, type ScaleAction, type ScaleFailure } from './plan-replica-set.ts'
import type { PodExpectations } from './pod-expectations.ts'
import { slowStart } from './slow-start.ts'

export interface ScaleOutcome {
  readonly failure?: ScaleFailure
}

export interface ScalerOptions {
  readonly cluster: ClusterPort
  readonly recorder: EventRecorder
  readonly expectations: PodExpectations
}

/** A namespace that goes away refuses new objects: nothing to report, and nothing to try again. */
const namespaceGoes = (error: unknown): boolean =>
  isApiError(error, 403) &&
  (error.status.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating')

const createPods = async (
  { cluster, recorder, expectations }: ScalerOptions,
  {
    replicaSet,
    count,
    now,
  }: { readonly replicaSet: ReplicaSet; readonly count: number; readonly now: number },
  signal: AbortSignal,
): Promise<ScaleOutcome> => {
  const owner = replicaSet.metadata.uid ?? ''
  expectations.expectCreations(owner, count, now)
  const note = { object: replicaSet }
  const { untried, failure } = await slowStart(count, async () => {
    try {
      const pod = await cluster.create(resources.pods, podFromTemplate(replicaSet), signal)
      const message = `Created pod: ${pod.metadata.name}`
      recorder.record({ ...note, type: 'Normal', reason: 'SuccessfulCreate', message })
    } catch (error) {
      expectations.creationSeen(owner)
      if (namespaceGoes(error) || signal.aborted) return
      const message = `Error creating: ${messageOf(error)}`
      recorder.record({ ...note, type: 'Warning', reason: 'FailedCreate', message })
      throw error
    }
  })
  for (let skipped = 0; skipped < untried; skipped += 1) expectations.creationSeen(owner)
  if (failure === undefined) return {}
  return { failure: { reason: 'FailedCreate', message: messageOf(failure) } }
}

const deletePods = async (
  { cluster, recorder, expectations }: ScalerOptions,
  {
    replicaSet,
    pods,
    now,
  }: { readonly replicaSet: ReplicaSet; readonly pods: readonly Pod[]; readonly now: number },
  signal: AbortSignal,
): Promise<ScaleOutcome> => {
  const owner = replicaSet.metadata.uid ?? ''
  const uidOf = (pod: Pod): string => pod.metadata.uid ?? ''
  expectations.expectDeletions(owner, pods.map(uidOf), now)
  const outcomes = await Promise.allSettled(
    pods.map(async (pod) => {
      try {
        await cluster.delete(resources.pods, pod.metadata, { preconditions: { uid: uidOf(pod) }, signal })
        const message = `Deleted pod: ${pod.metadata.name}`
        recorder.record({ object: replicaSet, type: 'Normal', reason: 'SuccessfulDelete', message })
      } catch (error) {
        expectations.deletionSeen(owner, uidOf(pod))
        if (isApiError(error, 404) || signal.aborted) return
        const message = `Error deleting: ${messageOf(error)}`
        recorder.record({ object: replicaSet, type: 'Warning', reason: 'FailedDelete', message })
        throw error
      }
    }),
  )
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed === undefined) return {}
  return { failure: { reason: 'FailedDelete', message: messageOf(failed.reason) } }
}

/** Carries out a planned scaling, with the expectations that keep a late cache from doing it twice. */
export const scalePods = async (
  options: ScalerOptions,
  plan: { readonly replicaSet: ReplicaSet; readonly action: ScaleAction; readonly now: number },
  signal: AbortSignal,
): Promise<ScaleOutcome> => {
  const { replicaSet, action, now } = plan
  switch (action.type) {
    case 'createPods':
      return createPods(options, { replicaSet, count: action.count, now }, signal)
    case 'deletePods':
      return deletePods(options, { replicaSet, pods: action.pods, now }, signal)
    case 'nothing':
      return {}
  }
}
