/** The quality of service of a pod, from its containers' cpu and memory. */
import { parseQuantity } from '../../primitives/quantity.ts'
import type { Container, ResourceRequirements } from './container.ts'
import type { PodSpec, PodStatus } from './pod.ts'

const COMPUTE = ['cpu', 'memory'] as const

/** In billionths, so that `1` and `1000m` are equal; 0 for nothing. */
const amount = (quantity: string | number | undefined): bigint => {
  const parsed = parseQuantity(String(quantity ?? 0))
  return parsed.ok ? parsed.value.nano : 0n
}

const isGuaranteed = ({ limits, requests }: ResourceRequirements): boolean =>
  COMPUTE.every((name) => {
    const limit = amount(limits?.[name])
    return limit > 0n && (requests?.[name] === undefined || amount(requests[name]) === limit)
  })

const asksForNothing = ({ limits, requests }: ResourceRequirements): boolean =>
  COMPUTE.every((name) => amount(limits?.[name]) === 0n && amount(requests?.[name]) === 0n)

/**
 * Guaranteed: limits for all, equal to the requests; BestEffort: nothing asked; else Burstable
 * (https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/).
 */
export const qualityOfService = (spec: PodSpec): NonNullable<PodStatus['qosClass']> => {
  const containers: readonly Container[] = [...(spec.initContainers ?? []), ...(spec.containers ?? [])]
  const resources = containers.map((container) => container.resources ?? {})
  if (resources.every(asksForNothing)) return 'BestEffort'
  return resources.every(isGuaranteed) ? 'Guaranteed' : 'Burstable'
}
