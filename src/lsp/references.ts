/** Fields that name other objects, and what they name. */
import { fullHost, serviceOfHost } from '../analyze/host-names.ts'
import { kinds } from '../analyze/kind-keys.ts'
import type { AnalysisObject, ObjectSet } from '../analyze/object-set.ts'
import { objectsAt, textAt, textsAt } from '../mesh/translate/json-reader.ts'

export interface Target {
  readonly object: AnalysisObject
  /** The path of what is meant in the object; absent: its name. */
  readonly path?: string
}

/** The Service, and the ServiceEntries, that a host means in a namespace. */
export const servicesOfHost = (set: ObjectSet, namespace: string, host: string): readonly Target[] => {
  const service = set.findReference(kinds.service, '', serviceOfHost(namespace, host))
  const full = fullHost(namespace, host)
  const entries = set.of(kinds.serviceEntry).flatMap((object): readonly Target[] => {
    const index = textsAt(object.spec, 'hosts').findIndex((one) => fullHost(object.namespace, one) === full)
    return index === -1 ? [] : [{ object, path: `spec.hosts[${index}]` }]
  })
  return [...(service === undefined ? [] : [{ object: service }]), ...entries]
}

/** The DestinationRules of a host. */
export const rulesOfHost = (set: ObjectSet, namespace: string, host: string): readonly AnalysisObject[] => {
  const service = serviceOfHost(namespace, host)
  return set
    .of(kinds.destinationRule)
    .filter((rule) => serviceOfHost(rule.namespace, textAt(rule.spec, 'host') ?? '') === service)
}

export const subsetsOfHost = (
  set: ObjectSet,
  namespace: string,
  host: string,
): readonly (Target & { readonly name: string })[] =>
  rulesOfHost(set, namespace, host).flatMap((object) =>
    objectsAt(object.spec, 'subsets').map((subset, index) => ({
      object,
      path: `spec.subsets[${index}].name`,
      name: textAt(subset, 'name') ?? '',
    })),
  )

/** Istio's Gateways and those of the Gateway API. */
export const gatewaysOf = (set: ObjectSet): readonly AnalysisObject[] => [
  ...set.of(kinds.gateway),
  ...set.of(kinds.kubernetesGateway),
]

/** How a VirtualService of a namespace refers to a gateway. */
export const gatewayReference = ({ namespace, name }: AnalysisObject, from: string): string =>
  namespace === from ? name : `${namespace}/${name}`
