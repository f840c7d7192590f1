import type { EventRecorder } from '../../cluster/event-recorder.ts'
import { isApiError } from '../../machinery/api-error.ts'
import type { ClusterPort } from '../../machinery/ports.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { resources } from '../controller-context.ts'
import type { PodExpectations } from './pod-expectations.ts'
import { slowStart } from './slow-start.ts'

/** What went wrong in a round. */
export interface PodFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete'
  readonly message: string
}

export interface OwnedPodsOptions {
  readonly cluster: ClusterPort
  readonly recorder: EventRecorder
  readonly expectations: PodExpectations
}

export interface OwnedPods {
  readonly owner: KubeObject
  readonly pods: readonly Pod[]
  /** Milliseconds. */
  readonly now: number
}

/** A namespace that goes away refuses new objects: nothing to report, and nothing to try again. */
const namespaceGoes = (error: unknown): boolean =>
  isApiError(error, 403) &&
  (error.status.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating')

/** Creates pods for their controller, with the expectations that keep a late cache from doing it twice. */
export const createPods = async (
  { cluster, recorder, expectations }: OwnedPodsOptions,
  { owner, pods, now }: OwnedPods,
  signal: AbortSignal,
): Promise<PodFailure | undefined> => {
  const uid = owner.metadata.uid ?? ''
  expectations.expectCreations(uid, pods.length, now)
  const waiting = [...pods]
  const { untried, failure } = await slowStart(pods.length, async () => {
    const wanted = waiting.shift()
    if (wanted === undefined) return
    try {
      const pod = await cluster.create(resources.pods, wanted, signal)
      const message = `Created pod: ${pod.metadata.name}`
      recorder.record({ object: owner, type: 'Normal', reason: 'SuccessfulCreate', message })
    } catch (error) {
      expectations.creationSeen(uid)
      if (namespaceGoes(error) || signal.aborted) return
      const message = `Error creating: ${messageOf(error)}`
      recorder.record({ object: owner, type: 'Warning', reason: 'FailedCreate', message })
      throw error
    }
  })
  for (let skipped = 0; skipped < untried; skipped += 1) expectations.creationSeen(uid)
  return failure === undefined ? undefined : { reason: 'FailedCreate', message: messageOf(failure) }
}

/** Deletes pods of their controller. One that is gone already is no failure. */
export const deletePods = async (
  { cluster, recorder, expectations }: OwnedPodsOptions,
  { owner, pods, now }: OwnedPods,
  signal: AbortSignal,
): Promise<PodFailure | undefined> => {
  const owned = owner.metadata.uid ?? ''
  const uidOf = (pod: Pod): string => pod.metadata.uid ?? ''
  expectations.expectDeletions(owned, pods.map(uidOf), now)
  const outcomes = await Promise.allSettled(
    pods.map(async (pod) => {
      try {
        await cluster.delete(resources.pods, pod.metadata, { preconditions: { uid: uidOf(pod) }, signal })
        const message = `Deleted pod: ${pod.metadata.name}`
        recorder.record({ object: owner, type: 'Normal', reason: 'SuccessfulDelete', message })
      } catch (error) {
        expectations.deletionSeen(owned, uidOf(pod))
        if (isApiError(error, 404) || signal.aborted) return
        const message = `Error deleting: ${messageOf(error)}`
        recorder.record({ object: owner, type: 'Warning', reason: 'FailedDelete', message })
        throw error
      }
    }),
  )
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  return failed === undefined ? undefined : { reason: 'FailedDelete', message: messageOf(failed.reason) }
}
