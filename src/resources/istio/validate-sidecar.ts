/** What Istio refuses in a Sidecar beyond its schema. */
import { forbidden, invalid, notSupported, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { KubeObject } from '../kube-object.ts'
import type { Destination } from './destination.ts'
import { fqdnProblem } from './host-syntax.ts'
import { validateSelectorLabels } from './policy-target.ts'
import type { ConnectionPoolSettings } from './traffic-policy.ts'
import { validateDestination } from './validate-destination.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { validateEgress, validateIngress } from './validate-sidecar-listeners.ts'
import type { SidecarEgress, SidecarIngress } from './validate-sidecar-listeners.ts'
import { validateConnectionPool } from './validate-traffic-policy.ts'
import { present, when } from './when.ts'
import type { Findings } from './when.ts'

interface OutboundTrafficPolicy {
  readonly mode?: string
  readonly egressProxy?: Destination
}

export interface Sidecar extends KubeObject {
  readonly spec?: {
    readonly workloadSelector?: { readonly labels?: Readonly<Record<string, string>> }
    readonly ingress?: readonly SidecarIngress[]
    readonly egress?: readonly SidecarEgress[]
    readonly inboundConnectionPool?: ConnectionPoolSettings
    readonly outboundTrafficPolicy?: OutboundTrafficPolicy
  }
}

const MODES: readonly string[] = ['REGISTRY_ONLY', 'ALLOW_ANY']

const validateOutbound = (
  path: string,
  { mode = 'REGISTRY_ONLY', egressProxy }: OutboundTrafficPolicy,
): Findings => {
  if (!MODES.includes(mode)) return [notSupported(child(path, 'mode'), mode, MODES)]
  return present(egressProxy, (proxy) => {
    const at = child(path, 'egressProxy')
    if (mode !== 'ALLOW_ANY') return [forbidden(at, 'egressProxy must be set only with mode ALLOW_ANY')]
    const problem = fqdnProblem(proxy.host)
    return [
      ...when(problem !== undefined, invalid(child(at, 'host'), proxy.host, problem ?? '')),
      ...when(
        (proxy.port ?? undefined) === undefined,
        required(child(at, 'port'), 'egressProxy needs a port'),
      ),
      ...validateDestination(at, proxy),
    ]
  })
}

const LISTS = ['ingress', 'egress'] as const

export const validateSidecar = (sidecar: Sidecar): Findings => {
  const spec = sidecar.spec ?? {}
  const isEmpty =
    LISTS.every((list) => (spec[list] ?? []).length === 0) &&
    (spec.outboundTrafficPolicy ?? undefined) === undefined &&
    (spec.inboundConnectionPool ?? undefined) === undefined
  return [
    ...validateIstioMetadata(sidecar),
    ...validateSelectorLabels('spec.workloadSelector.labels', spec.workloadSelector?.labels),
    ...when(
      isEmpty,
      required(
        'spec',
        'sidecar: empty configuration provided; write egress, ingress or outboundTrafficPolicy',
      ),
    ),
    ...validateIngress(itemsAt('spec.ingress', spec.ingress ?? [])),
    ...validateEgress(itemsAt('spec.egress', spec.egress ?? [])),
    ...present(spec.inboundConnectionPool, (pool) =>
      validateConnectionPool('spec.inboundConnectionPool', pool),
    ),
    ...present(spec.outboundTrafficPolicy, (policy) =>
      validateOutbound('spec.outboundTrafficPolicy', policy),
    ),
  ]
}
