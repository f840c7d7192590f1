import { timeOf } from '../../primitives/timestamp.ts'
import { completionIndexKey, type Job, trackingFinalizer } from '../../resources/batch/job.ts'
import type { Container } from '../../resources/core/container.ts'
import type { Pod, PodTemplateSpec } from '../../resources/core/pod.ts'
import { podCondition } from '../pods/pod-state.ts'
import { podFromTemplate } from '../pods/pod-template.ts'

const failureCountKey = 'batch.kubernetes.io/job-index-failure-count'
const ignoredCountKey = 'batch.kubernetes.io/job-index-ignored-failure-count'

/** Longer prefixes leave no room for the five characters of a generated name. */
const longestPrefix = 58

export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed'

/** Not yet counted. */
export const isTracked = ({ metadata }: Pod): boolean =>
  (metadata.finalizers ?? []).includes(trackingFinalizer)

/** The completion index of a pod; undefined when it has none that the Job knows. */
export const indexOf = (job: Job, { metadata }: Pod): number | undefined => {
  const text = metadata.annotations?.[completionIndexKey] ?? ''
  const index = /^\d+$/.test(text) ? Number(text) : -1
  return index >= 0 && index < (job.spec.completions ?? 0) ? index : undefined
}

const countAt = ({ metadata }: Pod, key: string): number => {
  const text = metadata.annotations?.[key] ?? ''
  return /^\d+$/.test(text) ? Number(text) : 0
}

/** How many pods of its index had failed before it. */
export const failuresBefore = (pod: Pod): { readonly counted: number; readonly ignored: number } => ({
  counted: countAt(pod, failureCountKey),
  ignored: countAt(pod, ignoredCountKey),
})

/** A new pod waits until the old one has ended, not only until it was told to. */
export const replacesOnlyFailed = ({ spec }: Job): boolean =>
  spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined

/** A pod that was deleted counts as failed too: it may never come to say so itself. */
export const hasFailed = (job: Job, { metadata, status }: Pod): boolean => {
  if (status?.phase === 'Failed') return true
  if (replacesOnlyFailed(job)) return false
  return metadata.deletionTimestamp !== undefined && status?.phase !== 'Succeeded'
}

/** When a pod ended, in milliseconds: its last container, its readiness, its deletion, whatever is known. */
export const endedAt = (pod: Pod): number => {
  const finished = (pod.status?.containerStatuses ?? []).map(({ state }) =>
    timeOf(state?.terminated?.finishedAt),
  )
  const last = Math.max(0, ...finished)
  if (last > 0) return last
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata
  if (deletionTimestamp !== undefined) return timeOf(deletionTimestamp) - deletionGracePeriodSeconds * 1000
  return timeOf(podCondition(pod, 'Ready')?.lastTransitionTime ?? creationTimestamp)
}

/** A pod of an Indexed Job, after what its index went through before. */
export interface IndexedPod {
  readonly index: number
  /** With backoffLimitPerIndex: the failures that its annotations remember. */
  readonly failures?: { readonly counted: number; readonly ignored: number }
}

const withIndexVariable = (container: Container): Container => {
  const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.labels['${completionIndexKey}']` }
  const variable = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef } }
  return (container.env ?? []).some(({ name }) => name === variable.name)
    ? container
    : { ...container, env: [...(container.env ?? []), variable] }
}

const indexedTemplate = (job: Job, { index, failures }: IndexedPod): PodTemplateSpec => {
  const { template } = job.spec
  const { metadata = {}, spec } = template
  const counts: Record<string, string> =
    failures === undefined
      ? {}
      : {
          [failureCountKey]: String(failures.counted),
          ...(failures.ignored === 0 ? {} : { [ignoredCountKey]: String(failures.ignored) }),
        }
  return {
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, [completionIndexKey]: String(index) },
      annotations: { ...metadata.annotations, [completionIndexKey]: String(index), ...counts },
    },
    spec: {
      ...spec,
      hostname: `${job.metadata.name}-${index}`,
      containers: spec.containers.map(withIndexVariable),
      ...(spec.initContainers === undefined
        ? {}
        : { initContainers: spec.initContainers.map(withIndexVariable) }),
    },
  }
}

/** A pod of the Job, tracked until it is counted. */
export const jobPod = (job: Job, indexed: IndexedPod | undefined): Pod => {
  const template = indexed === undefined ? job.spec.template : indexedTemplate(job, indexed)
  const pod = podFromTemplate(job, template)
  const suffix = indexed === undefined ? '-' : `-${indexed.index}-`
  const prefix = job.metadata.name.slice(0, longestPrefix - suffix.length)
  const finalizers = [...(pod.metadata.finalizers ?? []), trackingFinalizer]
  return { ...pod, metadata: { ...pod.metadata, generateName: `${prefix}${suffix}`, finalizers } }
}
