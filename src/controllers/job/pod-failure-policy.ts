import type { PodFailurePolicyRule, JobSpec } from '../../resources/batch/job.ts'
import type { ContainerStatus } from '../../resources/core/container.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { podCondition } from '../pods/pod-state.ts'

/** What a Job's podFailurePolicy says about a failed pod: whether it counts, and what it means for index or Job. */
export type FailureVerdict =
  | { readonly type: 'count' }
  | { readonly type: 'ignore' }
  | { readonly type: 'failIndex' }
  | { readonly type: 'failJob'; readonly message: string }

const matchingContainer = (pod: Pod, wanted: NonNullable<PodFailurePolicyRule['onExitCodes']>) =>
  [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find(
    ({ name, state }: ContainerStatus) => {
      const code = state?.terminated?.exitCode ?? 0
      if (code === 0 || (wanted.containerName ?? name) !== name) return false
      return wanted.values.includes(code) === (wanted.operator === 'In')
    },
  )

/** Why the rule holds for the pod, in upstream's words; undefined when it does not. */
const reasonOf = (pod: Pod, rule: PodFailurePolicyRule): string | undefined => {
  const place = `${pod.metadata.namespace}/${pod.metadata.name}`
  if (rule.onExitCodes !== undefined) {
    const status = matchingContainer(pod, rule.onExitCodes)
    return status === undefined
      ? undefined
      : `Container ${status.name} for pod ${place} failed with exit code ${status.state?.terminated?.exitCode}`
  }
  const pattern = (rule.onPodConditions ?? []).find(
    ({ type, status = 'True' }) => podCondition(pod, type)?.status === status,
  )
  return pattern === undefined ? undefined : `Pod ${place} has condition ${pattern.type}`
}

const verdictOf = (rule: PodFailurePolicyRule, index: number, reason: string): FailureVerdict => {
  switch (rule.action) {
    case 'FailJob':
      return { type: 'failJob', message: `${reason} matching FailJob rule at index ${index}` }
    case 'FailIndex':
      return { type: 'failIndex' }
    case 'Ignore':
      return { type: 'ignore' }
    case 'Count':
      return { type: 'count' }
  }
}

/** The first rule that holds decides; without one the failure counts. */
export const judgeFailure = (spec: JobSpec, pod: Pod): FailureVerdict => {
  for (const [index, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    const reason = reasonOf(pod, rule)
    if (reason !== undefined) return verdictOf(rule, index, reason)
  }
  return { type: 'count' }
}
