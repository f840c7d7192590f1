/** Which mode of mutual TLS the workloads of a service ask for. */
import { objectAt, textAt, textMapAt } from '../mesh/translate/json-reader.ts'
import { isJsonObject } from '../primitives/json-value.ts'
import { byAge } from '../mesh/model/origin.ts'
import { createdAt } from './created-at.ts'
import type { AnalysisObject, ObjectSet } from './object-set.ts'
import { isEmptySelector, selects } from './selector.ts'
import type { Labels } from './selector.ts'

export const PEER_AUTHENTICATION = 'security.istio.io/PeerAuthentication'

export interface EffectiveMode {
  readonly mode: string
  readonly policy: AnalysisObject
  /** Modes of single ports of the workload. */
  readonly ports: Readonly<Record<string, string>>
  readonly scope: 'mesh' | 'namespace' | 'workload'
}

const selectorOf = ({ spec }: AnalysisObject): Labels => textMapAt(objectAt(spec, 'selector'), 'matchLabels')

const portsOf = ({ spec }: AnalysisObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(objectAt(spec, 'portLevelMtls') ?? {}).flatMap(([port, mtls]) => {
      const mode = isJsonObject(mtls) ? textAt(mtls, 'mode') : undefined
      return mode === undefined || mode === 'UNSET' ? [] : [[port, mode]]
    }),
  )

const modeOf = ({ spec }: AnalysisObject): string | undefined => {
  const mode = textAt(objectAt(spec, 'mtls'), 'mode')
  return mode === 'UNSET' ? undefined : mode
}

const aged = (policy: AnalysisObject): Parameters<typeof byAge>[0] => ({
  createdAt: createdAt(policy),
  name: policy.name,
  namespace: policy.namespace,
})

/**
 * Istio's order: the workload's policy, the namespace's, the mesh's; of several the oldest. `labels` are those that all
 * workloads in question have; undefined where they are unknown. Undefined too where some workloads may have another mode.
 */
export const effectiveMode = (
  set: ObjectSet,
  namespace: string,
  labels: Labels | undefined,
): EffectiveMode | undefined => {
  const policies = set.of(PEER_AUTHENTICATION).toSorted((left, right) => byAge(aged(left), aged(right)))
  const own = policies.filter((policy) => policy.namespace === namespace)
  const general = (where: string): AnalysisObject | undefined =>
    policies.find((policy) => policy.namespace === where && isEmptySelector(selectorOf(policy)))
  const special = own.filter((policy) => !isEmptySelector(selectorOf(policy)))
  const [workload] = special.filter((policy) => labels !== undefined && selects(selectorOf(policy), labels))
  if (workload === undefined && special.length > 0) return undefined
  const chain = [
    { policy: workload, scope: 'workload' as const },
    { policy: general(namespace), scope: 'namespace' as const },
    { policy: general(set.rootNamespace), scope: 'mesh' as const },
  ]
  const ports = workload === undefined ? {} : portsOf(workload)
  for (const { policy, scope } of chain) {
    const mode = policy === undefined ? undefined : modeOf(policy)
    if (policy !== undefined && mode !== undefined) return { mode, policy, ports, scope }
  }
  return undefined
}
