/** Jobs: pods that run to their end, counted once each. */
import type { Informer } from '../../cluster/informer.ts'
import { objectKey } from '../../cluster/object-change.ts'
import { controllerOf } from '../../machinery/object-meta.ts'
import type { Job } from '../../resources/batch/job.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { ownedObjects } from '../adoption.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { followOwnedPods } from '../pods/follow-owned-pods.ts'
import { createPodExpectations } from '../pods/pod-expectations.ts'
import { createReconciler } from '../reconciler.ts'
import { isTracked } from './job-pods.ts'
import { createJobWriter } from './job-writer.ts'
import { planJob } from './plan-job.ts'

/** Pods that are tracked for a Job that is not there (any more): nobody else lets them go. */
const strandedPods = (key: string, jobs: Informer<Job>, pods: Informer<Pod>): readonly Pod[] => {
  const job = jobs.cache.get(key)
  return pods.cache.list(key.split('/')[0]).filter((pod) => {
    const { labels, namespace } = pod.metadata
    const owner = controllerOf(pod)
    const name = owner?.kind === 'Job' ? owner.name : labels?.['batch.kubernetes.io/job-name']
    const mine = name !== undefined && objectKey({ name, namespace: namespace ?? '' }) === key
    const stranger = owner !== undefined && owner.uid !== job?.metadata.uid
    return mine && isTracked(pod) && (job === undefined || stranger)
  })
}

/** Jobs: runs their pods, and says how they ended. */
export const createJobController = (context: ControllerContext, signal: AbortSignal): Controller => {
  const { cluster, informers, clock } = context
  const name = 'job-controller'
  const recorder = context.recorder(name)
  const jobs = informers.informer<Job>(resources.jobs)
  const pods = informers.informer<Pod>(resources.pods)
  const expectations = createPodExpectations()

  const writer = createJobWriter({ cluster, clock, recorder, expectations }, signal)

  const place = { cluster, owners: resources.jobs, objects: resources.pods }
  const ownedPods = async (job: Job): Promise<readonly Pod[]> => {
    const { selector } = job.spec
    if (selector === undefined) return []
    const candidates = pods.cache.list(job.metadata.namespace)
    return ownedObjects(place, { owner: job, selector, candidates }, signal)
  }

  const reconcile = async (key: string): Promise<void> => {
    await writer.release(strandedPods(key, jobs, pods))
    const job = jobs.cache.get(key)
    if (job === undefined) return
    // Before the pods are read: see the ReplicaSet controller.
    const trusted = expectations.fulfilled(job.metadata.uid ?? '', clock.now())
    const plan = planJob({ job, pods: await ownedPods(job), trusted, now: clock.now() })
    await writer.perform(job, plan)
    if (plan.afterMs !== undefined) reconciler.enqueueAfter(key, plan.afterMs)
  }

  const reconciler = createReconciler({ ...context, name, reconcile })
  followOwnedPods({ kind: 'Job', owners: jobs, pods, expectations }, reconciler.enqueue)
  pods.subscribe(({ object }) => {
    const job = object.metadata.labels?.['batch.kubernetes.io/job-name']
    if (isTracked(object) && controllerOf(object) === undefined && job !== undefined) {
      reconciler.enqueue(objectKey({ ...object.metadata, name: job }))
    }
  })
  return { name, run: reconciler.run }
}
