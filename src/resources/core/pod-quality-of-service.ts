/** The quality of service of a pod, from its containers' cpu and memory. */
import type { Container, ResourceRequirements } from './container.ts'
import type { PodSpec, PodStatus } from './pod.ts'

const COMPUTE = ['cpu', 'memory'] as const

const isZero = (quantity: string | number | undefined): boolean =>
  quantity === undefined || /^0+(\.0*)?([a-zA-Z]*)$/.test(String(quantity))

const isGuaranteed = ({ limits, requests }: ResourceRequirements): boolean =>
  COMPUTE.every(
    (name) =>
      !isZero(limits?.[name]) &&
      (requests?.[name] === undefined || String(requests[name]) === String(limits?.[name])),
  )

const asksForNothing = ({ limits, requests }: ResourceRequirements): boolean =>
  COMPUTE.every((name) => isZero(limits?.[name]) && isZero(requests?.[name]))

/** Guaranteed: limits for all, equal to the requests; BestEffort: nothing asked; else Burstable. */
export const qualityOfService = (spec: PodSpec): NonNullable<PodStatus['qosClass']> => {
  const containers: readonly Container[] = [...(spec.initContainers ?? []), ...(spec.containers ?? [])]
  const resources = containers.map((container) => container.resources ?? {})
  if (resources.every(asksForNothing)) return 'BestEffort'
  return resources.every(isGuaranteed) ? 'Guaranteed' : 'Burstable'
}
