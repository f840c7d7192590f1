import type { EventRecorder } from '../../cluster/event-recorder.ts'
import type { Clock } from '../../primitives/clock.ts'
import { CodedError } from '../../primitives/coded-error.ts'
import type { DaemonSet } from '../../resources/apps/daemon-set.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { resources } from '../controller-context.ts'
import { createPods, deletePods, type OwnedPodsOptions } from '../pods/owned-pods.ts'
import { writeRevisions } from '../revisions/revision-writer.ts'
import { nodeOf } from './daemon-pods.ts'
import type { DaemonSetPlan } from './plan-daemon-set.ts'

const recordEnded = (recorder: EventRecorder, set: DaemonSet, pod: Pod): void => {
  const { namespace, name: podName } = pod.metadata
  const failed = pod.status?.phase === 'Failed'
  const message = `Found ${failed ? 'failed' : 'succeeded'} daemon pod ${namespace}/${podName} on node ${nodeOf(pod)}, will try to ${failed ? 'kill' : 'delete'} it`
  const reason = failed ? 'FailedDaemonPod' : 'SucceededDaemonPod'
  recorder.record({ object: set, type: failed ? 'Warning' : 'Normal', reason, message })
}

/** Carries out a planned step; throws `pods-not-scaled` when pods are refused. */
export const createDaemonSetWriter = (
  options: OwnedPodsOptions & { readonly clock: Clock },
  signal: AbortSignal,
): ((set: DaemonSet, plan: DaemonSetPlan) => Promise<void>) => {
  const { cluster, clock, recorder } = options
  return async (set, plan) => {
    await writeRevisions(
      { cluster, owners: resources.daemonSets },
      { owner: set, actions: plan.revisions },
      signal,
    )
    if (plan.status !== undefined) {
      const next = { ...set, status: plan.status }
      await cluster.update(resources.daemonSets, next, { subresource: 'status', signal })
    }
    for (const pod of plan.ended) recordEnded(recorder, set, pod)
    const change = { owner: set, now: clock.now() }
    // One at a time: what is expected of the one would be forgotten by the other.
    const failure =
      plan.create.length > 0
        ? await createPods(options, { ...change, pods: plan.create }, signal)
        : plan.remove.length > 0
          ? await deletePods(options, { ...change, pods: plan.remove }, signal)
          : undefined
    if (failure !== undefined) {
      throw new CodedError('pods-not-scaled', failure.message, { cause: failure.reason })
    }
  }
}
