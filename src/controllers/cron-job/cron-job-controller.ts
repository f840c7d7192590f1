/** CronJobs: a Job at each time of a schedule, and no more of them than are wanted. */
import { objectKey } from '../../cluster/object-change.ts'
import { controllerOf } from '../../machinery/object-meta.ts'
import type { CronJob } from '../../resources/batch/cron-job.ts'
import type { Job } from '../../resources/batch/job.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { followControlled } from '../follow-controlled.ts'
import { createReconciler } from '../reconciler.ts'
import { createJobStarter } from './job-starter.ts'
import { planCronJob, withStarted } from './plan-cron-job.ts'

export const createCronJobController = (context: ControllerContext, signal: AbortSignal): Controller => {
  const { cluster, informers, clock } = context
  const name = 'cronjob-controller'
  const recorder = context.recorder(name)
  const cronJobs = informers.informer<CronJob>(resources.cronJobs)
  const jobs = informers.informer<Job>(resources.jobs)

  const writer = createJobStarter({ cluster, recorder }, signal)

  const reconcile = async (key: string): Promise<void> => {
    const cronJob = cronJobs.cache.get(key)
    if (cronJob === undefined) return
    const { namespace, uid } = cronJob.metadata
    const owned = jobs.cache.list(namespace).filter((job) => controllerOf(job)?.uid === uid)
    const plan = planCronJob({ cronJob, jobs: owned, now: clock.now() })
    for (const job of plan.remove) await writer.remove(cronJob, job)
    const started = plan.start === undefined ? undefined : await writer.start(cronJob, plan.start.job)
    if (plan.changed || started !== undefined) {
      const time = plan.start?.time ?? 0
      const status = started === undefined ? plan.status : withStarted(plan.status, started, time)
      await cluster.update(resources.cronJobs, { ...cronJob, status }, { subresource: 'status', signal })
    }
    for (const event of plan.events) recorder.record({ object: cronJob, ...event })
    if (plan.afterMs !== undefined) reconciler.enqueueAfter(key, plan.afterMs)
  }

  const reconciler = createReconciler({ ...context, name, reconcile })
  cronJobs.subscribe(({ object }) => reconciler.enqueue(objectKey(object.metadata)))
  followControlled(jobs, 'CronJob', reconciler.enqueue)
  return { name, run: reconciler.run }
}
