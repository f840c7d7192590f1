/** What Kubernetes refuses in a CronJob beyond its schema (pkg/apis/batch/validation). */
import { notNegative } from '../apps/validate-workload.ts'
import { invalid, notSupported, required } from '../field-error.ts'
import type { FieldError } from '../kind.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { CronJob, CronJobSpec } from './cron-job.ts'
import { parseCronSchedule, timeZoneProblem } from './cron-schedule.ts'
import { validateJobTemplate } from './validate-job.ts'

type Errors = readonly FieldError[]

/** The controller appends `-` and ten digits, and a Job's name has at most 63 characters. */
const LONGEST_NAME = 52

const validateSchedule = ({ schedule }: CronJobSpec): Errors => {
  if ((schedule ?? '') === '') return [required('spec.schedule')]
  if (schedule.includes('TZ')) {
    const message = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
    return [invalid('spec.schedule', schedule, message)]
  }
  const parsed = parseCronSchedule(schedule)
  return parsed.ok ? [] : [invalid('spec.schedule', schedule, parsed.error)]
}

const validateTimeZone = ({ timeZone }: CronJobSpec): Errors => {
  const problem = timeZone === undefined || timeZone === null ? undefined : timeZoneProblem(timeZone)
  return problem === undefined ? [] : [invalid('spec.timeZone', timeZone ?? '', problem)]
}

const POLICIES = ['Allow', 'Forbid', 'Replace']

const validateConcurrency = ({ concurrencyPolicy = 'Allow' }: CronJobSpec): Errors =>
  POLICIES.includes(concurrencyPolicy)
    ? []
    : [notSupported('spec.concurrencyPolicy', concurrencyPolicy, POLICIES)]

/** Selectors of its Jobs are made for each of them. */
const validateTemplate = ({ jobTemplate }: CronJobSpec): Errors => [
  ...validateJobTemplate('spec.jobTemplate.spec', jobTemplate.spec),
  ...((jobTemplate.spec.selector ?? null) === null
    ? []
    : [invalid('spec.jobTemplate.spec.selector', '', '`selector` will be auto-generated')]),
  ...(jobTemplate.spec.manualSelector === true
    ? [notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false'])]
    : []),
]

export const validateCronJob = (cronJob: CronJob, old?: CronJob): Errors => [
  ...validateMetadata(cronJob),
  ...(old === undefined && (cronJob.metadata.name ?? '').length > LONGEST_NAME
    ? [invalid('metadata.name', cronJob.metadata.name, `must be no more than ${LONGEST_NAME} characters`)]
    : []),
  ...validateSchedule(cronJob.spec),
  ...notNegative('spec.startingDeadlineSeconds', cronJob.spec.startingDeadlineSeconds),
  ...validateTimeZone(cronJob.spec),
  ...validateConcurrency(cronJob.spec),
  ...validateTemplate(cronJob.spec),
  ...notNegative('spec.successfulJobsHistoryLimit', cronJob.spec.successfulJobsHistoryLimit),
  ...notNegative('spec.failedJobsHistoryLimit', cronJob.spec.failedJobsHistoryLimit),
]
