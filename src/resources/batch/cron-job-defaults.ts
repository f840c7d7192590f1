/** Kubernetes' defaults of a CronJob. */
import { fill, mapField } from '../fill-defaults.ts'
import type { CronJob } from './cron-job.ts'
import { withJobTemplateDefaults } from './job-defaults.ts'

export const withCronJobDefaults = (cronJob: CronJob): CronJob =>
  mapField(cronJob, 'spec', (spec) =>
    mapField(
      fill(spec, {
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
      }),
      'jobTemplate',
      (template) => mapField(template, 'spec', withJobTemplateDefaults),
    ),
  )
