/** Job's row in the table of kinds. */
import { templateColumns } from '../apps/template-columns.ts'
import { defineKind } from '../define-kind.ts'
import { humanDuration } from '../meta/age.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { timeOf } from '../../primitives/timestamp.ts'
import { withJobDefaults } from './job-defaults.ts'
import type { Job } from './job.ts'
import { validateJob } from './validate-job.ts'

const STATUSES = [
  ['Complete', 'Complete'],
  ['Failed', 'Failed'],
  ['Suspended', 'Suspended'],
  ['FailureTarget', 'FailureTarget'],
  ['SuccessCriteriaMet', 'SuccessCriteriaMet'],
] as const

const statusText = ({ metadata, status }: Job): string => {
  const holds = (type: string): boolean =>
    (status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True')
  const text = STATUSES.find(([type]) => holds(type))?.[1]
  const ended = text === 'Complete' || text === 'Failed'
  return metadata.deletionTimestamp !== undefined && !ended ? 'Terminating' : (text ?? 'Running')
}

const completionsText = ({ spec, status }: Job): string => {
  const succeeded = status?.succeeded ?? 0
  if (spec.completions !== undefined && spec.completions !== null) return `${succeeded}/${spec.completions}`
  const parallelism = spec.parallelism ?? 0
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

const durationText = ({ status }: Job, now: number): string => {
  if (status?.startTime === undefined) return ''
  const end = status.completionTime === undefined ? now : timeOf(status.completionTime)
  return humanDuration(end - timeOf(status.startTime))
}

export const jobKind = defineKind<Job>({
  group: 'batch',
  kind: 'Job',
  plural: 'jobs',
  requiresSpec: true,
  categories: ['all'],
  namespaced: true,
  versions: ['v1'],
  subresources: { status: true },
  columns: [
    nameColumn,
    column<Job>('Status', 'Status of the job.', statusText),
    column<Job>('Completions', 'The number of pods which reached phase Succeeded.', completionsText),
    column<Job>('Duration', 'Time required to complete the job.', durationText),
    ageColumn,
    ...templateColumns,
  ],
  applyDefaults: withJobDefaults,
  validate: validateJob,
})
