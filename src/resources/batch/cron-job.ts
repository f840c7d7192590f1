/** CronJob (batch/v1): a Job at each time of a schedule. */
import type { ObjectReference } from '../core/object-reference.ts'
import type { KubeObject, ObjectMeta } from '../kube-object.ts'
import type { JobSpec } from './job.ts'

export interface JobTemplateSpec {
  readonly metadata?: Partial<ObjectMeta>
  readonly spec: JobSpec
}

export interface CronJobSpec {
  /** Five fields of cron, or one of `@hourly`, `@daily` and the like. */
  readonly schedule: string
  /** A name of the IANA database; absent: the time zone of the controllers. */
  readonly timeZone?: string
  readonly startingDeadlineSeconds?: number
  readonly concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace'
  readonly suspend?: boolean
  readonly jobTemplate: JobTemplateSpec
  readonly successfulJobsHistoryLimit?: number
  readonly failedJobsHistoryLimit?: number
}

export interface CronJobStatus {
  readonly active?: readonly ObjectReference[]
  readonly lastScheduleTime?: string
  readonly lastSuccessfulTime?: string
}

export interface CronJob extends KubeObject {
  readonly spec: CronJobSpec
  readonly status?: CronJobStatus
}
