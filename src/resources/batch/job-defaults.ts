/** Kubernetes' defaults of a Job (pkg/apis/batch/v1/defaults.go). */
import { withTemplateDefaults } from '../core/pod-defaults.ts'
import { fill, mapField } from '../fill-defaults.ts'
import type { Job, JobSpec } from './job.ts'

/** 2^31-1: with a limit for each index there is none for the whole. */
const UNLIMITED = 2_147_483_647

/** What a Job and the template of a CronJob have in common. */
export const withJobTemplateDefaults = (spec: JobSpec): JobSpec => {
  const policy = mapField(spec, 'podFailurePolicy', (failures) => ({
    ...failures,
    rules: failures.rules.map((rule) =>
      mapField(rule, 'onPodConditions', (patterns) =>
        patterns.map((pattern) => fill(pattern, { status: 'True' })),
      ),
    ),
  }))
  return mapField(policy, 'template', withTemplateDefaults)
}

const withSpec = (spec: JobSpec): JobSpec => {
  const single = (spec.completions ?? null) === null && (spec.parallelism ?? null) === null
  return withJobTemplateDefaults(
    fill(spec, {
      ...(single ? { completions: 1 } : {}),
      parallelism: 1,
      backoffLimit: (spec.backoffLimitPerIndex ?? null) === null ? 6 : UNLIMITED,
      completionMode: 'NonIndexed',
      suspend: false,
      manualSelector: false,
      podReplacementPolicy: (spec.podFailurePolicy ?? null) === null ? 'TerminatingOrFailed' : 'Failed',
    }),
  )
}

/** A Job without labels takes those of its template. */
const withLabels = (job: Job): Job => {
  const labels = job.spec?.template?.metadata?.labels
  return labels === undefined || Object.keys(job.metadata.labels ?? {}).length > 0
    ? job
    : { ...job, metadata: { ...job.metadata, labels } }
}

export const withJobDefaults = (job: Job): Job => withLabels(mapField(job, 'spec', withSpec))
