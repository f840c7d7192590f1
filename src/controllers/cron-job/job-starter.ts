import type { EventRecorder } from '../../cluster/event-recorder.ts'
import { isApiError } from '../../machinery/api-error.ts'
import { controllerOf } from '../../machinery/object-meta.ts'
import type { ClusterPort } from '../../machinery/ports.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import type { CronJob } from '../../resources/batch/cron-job.ts'
import type { Job } from '../../resources/batch/job.ts'
import { resources } from '../controller-context.ts'

export interface JobStarter {
  readonly remove: (cronJob: CronJob, job: Job) => Promise<void>
  /** Gives the Job as it runs; undefined when its name belongs to another. */
  readonly start: (cronJob: CronJob, job: Job) => Promise<Job | undefined>
}

/** Starts and deletes Jobs for CronJobs, with upstream's events. */
export const createJobStarter = (
  { cluster, recorder }: { readonly cluster: ClusterPort; readonly recorder: EventRecorder },
  signal: AbortSignal,
): JobStarter => {
  const remove: JobStarter['remove'] = async (cronJob, job) => {
    const { uid } = job.metadata
    const preconditions = uid === undefined ? {} : { uid }
    const options = { propagationPolicy: 'Background', preconditions, signal } as const
    try {
      await cluster.delete(resources.jobs, job.metadata, options)
      const message = `Deleted job ${job.metadata.name}`
      recorder.record({ object: cronJob, type: 'Normal', reason: 'SuccessfulDelete', message })
    } catch (error) {
      if (isApiError(error, 404) || signal.aborted) return
      const message = `Deleted job: ${messageOf(error)}`
      recorder.record({ object: cronJob, type: 'Warning', reason: 'FailedDelete', message })
      throw error
    }
  }

  const start: JobStarter['start'] = async (cronJob, job) => {
    try {
      const created = await cluster.create(resources.jobs, job, signal)
      const message = `Created job ${created.metadata.name}`
      recorder.record({ object: cronJob, type: 'Normal', reason: 'SuccessfulCreate', message })
      return created
    } catch (error) {
      if (isApiError(error, 409)) {
        const there = await cluster.get<Job>(resources.jobs, job.metadata, signal)
        return there !== undefined && controllerOf(there)?.uid === cronJob.metadata.uid ? there : undefined
      }
      const message = `Error creating job: ${messageOf(error)}`
      if (!signal.aborted)
        recorder.record({ object: cronJob, type: 'Warning', reason: 'FailedCreate', message })
      throw error
    }
  }

  return { remove, start }
}
