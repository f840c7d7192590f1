import { isApiError } from '../../machinery/api-error.ts'
import type { Clock } from '../../primitives/clock.ts'
import { CodedError } from '../../primitives/coded-error.ts'
import { type Job, trackingFinalizer } from '../../resources/batch/job.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { resources } from '../controller-context.ts'
import { createPods, deletePods, type OwnedPodsOptions, type PodFailure } from '../pods/owned-pods.ts'
import type { JobPlan } from './plan-job.ts'

const withoutTracking = (pod: Pod): Pod => {
  const finalizers = (pod.metadata.finalizers ?? []).filter((name) => name !== trackingFinalizer)
  return { ...pod, metadata: { ...pod.metadata, finalizers } }
}

export interface JobWriter {
  /** Takes the tracking finalizer from pods. */
  readonly release: (pods: readonly Pod[]) => Promise<void>
  /** Carries out a plan; throws `pods-not-scaled` when pods are refused. */
  readonly perform: (job: Job, plan: JobPlan) => Promise<void>
}

export const createJobWriter = (
  options: OwnedPodsOptions & { readonly clock: Clock },
  signal: AbortSignal,
): JobWriter => {
  const { cluster, clock, recorder } = options
  const release = async (released: readonly Pod[]): Promise<void> => {
    for (const pod of released) {
      await cluster.update(resources.pods, withoutTracking(pod), { signal }).catch((error: unknown) => {
        if (!isApiError(error, 404)) throw error
      })
    }
  }

  const scale = async (job: Job, { remove, create }: JobPlan): Promise<PodFailure | undefined> => {
    const change = { owner: job, now: clock.now() }
    if (remove.length > 0) return deletePods(options, { ...change, pods: remove }, signal)
    return create.length === 0 ? undefined : createPods(options, { ...change, pods: create }, signal)
  }

  const expire = async ({ metadata }: Job): Promise<void> => {
    const preconditions = metadata.uid === undefined ? {} : { uid: metadata.uid }
    const options = { propagationPolicy: 'Foreground', preconditions, signal } as const
    await cluster.delete(resources.jobs, metadata, options).catch((error: unknown) => {
      if (!isApiError(error, 404)) throw error
    })
  }

  const perform = async (job: Job, plan: JobPlan): Promise<void> => {
    const failure = await scale(job, plan)
    // With a failure it is not known how many run: the next look counts them.
    if (plan.status !== undefined && failure === undefined) {
      const next = { ...job, status: plan.status }
      await cluster.update(resources.jobs, next, { subresource: 'status', signal })
      for (const event of plan.events) recorder.record({ object: job, ...event })
    }
    if (failure !== undefined) {
      throw new CodedError('pods-not-scaled', failure.message, { cause: failure.reason })
    }
    await release(plan.release)
    if (plan.expired) await expire(job)
  }

  return { release, perform }
}
