/** What Kubernetes refuses in a Job beyond its schema (pkg/apis/batch/validation). */
import { immutable, notNegative } from '../apps/validate-workload.ts'
import { validatePodSpec } from '../core/validate-pod-spec.ts'
import { invalid, notSupported, required } from '../field-error.ts'
import { child } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { selectsLabels } from '../meta/label-selector.ts'
import { dnsLabelProblem } from '../meta/name-syntax.ts'
import { validateLabelSelector, validateLabels } from '../meta/validate-labels.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import { type Job, type JobSpec, jobPodLabels } from './job.ts'
import { validateFailurePolicy, validateSuccessPolicy } from './validate-failure-policy.ts'

type Errors = readonly FieldError[]

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const

/** Pods of an Indexed Job have their index in names and labels. */
const MOST_PARALLEL_INDEXED = 100_000

const isSet = (value: unknown): boolean => (value ?? null) !== null

const validateIndexed = (path: string, spec: JobSpec): Errors => [
  ...(isSet(spec.completions)
    ? []
    : [required(child(path, 'completions'), 'when completion mode is Indexed')]),
  ...((spec.parallelism ?? 0) > MOST_PARALLEL_INDEXED
    ? [
        invalid(
          child(path, 'parallelism'),
          spec.parallelism ?? 0,
          `must be less than or equal to ${MOST_PARALLEL_INDEXED} when completion mode is Indexed`,
        ),
      ]
    : []),
  ...(isSet(spec.completions) && (spec.maxFailedIndexes ?? 0) > (spec.completions ?? 0)
    ? [
        invalid(
          child(path, 'maxFailedIndexes'),
          spec.maxFailedIndexes ?? 0,
          'must be less than or equal to completions',
        ),
      ]
    : []),
]

const validateMode = (path: string, spec: JobSpec): Errors => {
  const { completionMode = 'NonIndexed' } = spec
  if (completionMode === 'Indexed') return validateIndexed(path, spec)
  if (completionMode !== 'NonIndexed') {
    return [notSupported(child(path, 'completionMode'), completionMode, ['NonIndexed', 'Indexed'])]
  }
  return (['backoffLimitPerIndex', 'maxFailedIndexes'] as const)
    .filter((field) => isSet(spec[field]))
    .map((field) => invalid(child(path, field), spec[field] ?? 0, 'requires indexed completion mode'))
}

const validateReplacement = (path: string, spec: JobSpec): Errors => {
  const policy = spec.podReplacementPolicy
  if (policy === undefined || policy === null) return []
  const at = child(path, 'podReplacementPolicy')
  const allowed = isSet(spec.podFailurePolicy) ? ['Failed'] : ['Failed', 'TerminatingOrFailed']
  return allowed.includes(policy) ? [] : [notSupported(at, policy, allowed)]
}

const validateRestartPolicy = (path: string, spec: JobSpec): Errors => {
  const policy = spec.template.spec?.restartPolicy ?? 'Always'
  if (policy === 'Always') return [required(path, 'valid values: "OnFailure", "Never"')]
  if (policy !== 'OnFailure' && policy !== 'Never') {
    return [notSupported(path, policy, ['OnFailure', 'Never'])]
  }
  return isSet(spec.podFailurePolicy) && policy !== 'Never'
    ? [invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')]
    : []
}

/** Of a Job and of a CronJob's template: all but the selector. */
export const validateJobTemplate = (path: string, spec: JobSpec): Errors => [
  ...COUNTS.flatMap((field) => notNegative(child(path, field), spec[field])),
  ...(isSet(spec.maxFailedIndexes) && !isSet(spec.backoffLimitPerIndex)
    ? [required(child(path, 'backoffLimitPerIndex'), 'when maxFailedIndexes is specified')]
    : []),
  ...validateMode(path, spec),
  ...validateFailurePolicy(path, spec),
  ...validateSuccessPolicy(path, spec),
  ...validateReplacement(path, spec),
  ...validateLabels(child(path, 'template.metadata.labels'), spec.template.metadata?.labels),
  ...validatePodSpec(child(path, 'template.spec'), spec.template.spec ?? { containers: [] }),
  ...validateRestartPolicy(child(path, 'template.spec.restartPolicy'), spec),
]

/** A Job that no API server has seen yet has none, unless it makes its own. */
const validateSelector = ({ metadata, spec }: Job): Errors => {
  const { selector, template, manualSelector } = spec
  if (selector === undefined || selector === null) {
    return metadata.uid === undefined && manualSelector !== true ? [] : [required('spec.selector')]
  }
  return [
    ...validateLabelSelector('spec.selector', selector),
    ...(selectsLabels(selector, template.metadata?.labels)
      ? []
      : [
          invalid(
            'spec.template.metadata.labels',
            template.metadata?.labels ?? {},
            '`selector` does not match template `labels`',
          ),
        ]),
  ]
}

/** Without manualSelector the API makes selector and labels; whoever writes other ones must say so. */
const validateGeneratedSelector = ({ metadata, spec }: Job): Errors => {
  if (spec.manualSelector === true || metadata.uid === undefined) return []
  const labels = spec.template.metadata?.labels ?? {}
  return Object.entries(jobPodLabels(metadata.name, metadata.uid))
    .filter(([key, value]) => labels[key] !== value)
    .map(([key, value]) =>
      invalid(`spec.template.metadata.labels[${key}]`, labels[key] ?? '', `must be '${value}'`),
    )
}

const validateCompletions = (spec: JobSpec, old: JobSpec): Errors => {
  if (spec.completionMode !== 'Indexed')
    return immutable('spec.completions', spec.completions, old.completions)
  return spec.completions === old.completions || spec.completions === spec.parallelism
    ? []
    : [
        invalid(
          'spec.completions',
          spec.completions ?? 0,
          'can only be modified in tandem with spec.parallelism',
        ),
      ]
}

const FIXED = [
  'selector',
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
] as const

/** A suspended Job that never ran may still be directed to other nodes. */
const comparableTemplate = ({ template, suspend }: JobSpec, mayMove: boolean): unknown => {
  if (!mayMove || suspend !== true) return template
  const { nodeSelector: _nodes, tolerations: _tolerations, ...rest } = template.spec
  return { spec: rest }
}

const validateUpdate = (job: Job, old: Job): Errors => {
  const mayMove = old.spec.suspend === true && old.status?.startTime === undefined
  return [
    ...validateCompletions(job.spec, old.spec),
    ...FIXED.flatMap((field) => immutable(`spec.${field}`, job.spec[field], old.spec[field])),
    ...immutable(
      'spec.template',
      comparableTemplate({ ...job.spec, suspend: old.spec.suspend ?? false }, mayMove),
      comparableTemplate(old.spec, mayMove),
    ),
  ]
}

/** Pods of an Indexed Job have its name and their index as hostname. */
const validateHostnames = ({ metadata, spec }: Job): Errors => {
  const last = `${metadata.name}-${(spec.completions ?? 0) - 1}`
  return spec.completionMode === 'Indexed' &&
    (spec.completions ?? 0) > 0 &&
    dnsLabelProblem(last) !== undefined
    ? [invalid('metadata.name', metadata.name, `will not able to create pod with invalid DNS label: ${last}`)]
    : []
}

export const validateJob = (job: Job, old?: Job): Errors => [
  ...validateMetadata(job),
  ...validateJobTemplate('spec', job.spec),
  ...validateSelector(job),
  ...(old === undefined
    ? [...validateGeneratedSelector(job), ...validateHostnames(job)]
    : validateUpdate(job, old)),
]
