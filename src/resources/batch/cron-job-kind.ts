/** CronJob's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageSince } from '../meta/age.ts'
import { formatLabelSelector } from '../meta/format-selector.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { withCronJobDefaults } from './cron-job-defaults.ts'
import type { CronJob } from './cron-job.ts'
import { validateCronJob } from './validate-cron-job.ts'

const containers = ({ spec }: CronJob): readonly { readonly name: string; readonly image?: string }[] =>
  spec.jobTemplate.spec.template.spec.containers

const suspendText = (suspend: boolean | undefined): string =>
  suspend === undefined ? '<unset>' : suspend ? 'True' : 'False'

export const cronJobKind = defineKind<CronJob>({
  group: 'batch',
  kind: 'CronJob',
  plural: 'cronjobs',
  requiresSpec: true,
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  versions: ['v1'],
  subresources: { status: true },
  columns: [
    nameColumn,
    column<CronJob>('Schedule', 'The schedule in Cron format.', ({ spec }) => spec.schedule),
    column<CronJob>('Timezone', 'The time zone of the schedule.', ({ spec }) => spec.timeZone ?? '<none>'),
    column<CronJob>('Suspend', 'Whether executions are suspended.', ({ spec }) => suspendText(spec.suspend), {
      type: 'boolean',
    }),
    column<CronJob>('Active', 'The running jobs.', ({ status }) => (status?.active ?? []).length, {
      type: 'integer',
    }),
    column<CronJob>('Last Schedule', 'When a job was last scheduled.', ({ status }, now) =>
      status?.lastScheduleTime === undefined ? '<none>' : ageSince(status.lastScheduleTime, now),
    ),
    ageColumn,
    column<CronJob>(
      'Containers',
      'Names of each container in the template.',
      (cronJob) =>
        containers(cronJob)
          .map(({ name }) => name)
          .join(','),
      { wide: true },
    ),
    column<CronJob>(
      'Images',
      'Images referenced by each container in the template.',
      (cronJob) =>
        containers(cronJob)
          .map(({ image }) => image ?? '')
          .join(','),
      { wide: true },
    ),
    column<CronJob>(
      'Selector',
      'The labels of the pods.',
      ({ spec }) => formatLabelSelector(spec.jobTemplate.spec.selector),
      { wide: true },
    ),
  ],
  applyDefaults: withCronJobDefaults,
  validate: validateCronJob,
})
