import { parseQuantity, quantityMilliValue } from '../../primitives/quantity.ts'
import type { Container } from '../../resources/core/container.ts'
import type { Pod, PodStatus } from '../../resources/core/pod.ts'

const isGuaranteed = (container: Container): boolean =>
  ['cpu', 'memory'].every((resource) => {
    const limit = container.resources?.limits?.[resource]
    const request = container.resources?.requests?.[resource] ?? limit
    if (limit === undefined || request === undefined) return false
    const [left, right] = [parseQuantity(String(limit)), parseQuantity(String(request))]
    return left.ok && right.ok && quantityMilliValue(left.value) === quantityMilliValue(right.value)
  })

const isBestEffort = (container: Container): boolean =>
  ['cpu', 'memory'].every(
    (resource) =>
      container.resources?.limits?.[resource] === undefined &&
      container.resources?.requests?.[resource] === undefined,
  )

/** Quality of service class (https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/). */
export const qosClass = (pod: Pod): NonNullable<PodStatus['qosClass']> => {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
  if (containers.every(isBestEffort)) return 'BestEffort'
  return containers.every(isGuaranteed) ? 'Guaranteed' : 'Burstable'
}
