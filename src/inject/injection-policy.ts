/** Which pods get a sidecar: Istio's rules on the labels of namespace and pod. */
import type { Pod } from '../resources/core/pod.ts'

export type InjectionDecision =
  | { readonly inject: false; readonly why: string }
  | { readonly inject: true; readonly why: string; readonly template: 'sidecar' | 'gateway' }

const systemNamespaces: ReadonlySet<string> = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
])

const yes: ReadonlySet<string> = new Set(['y', 'yes', 'true', 'on'])

const no = (why: string): InjectionDecision => ({ inject: false, why })

type Labels = Readonly<Record<string, string>>

/** What the labels ask for, before the pod's own objections; undefined: nothing. */
const asked = (pod: Labels, namespace: Labels, revision: string): string | undefined => {
  if (namespace['istio-injection'] === 'enabled') return 'namespace label istio-injection=enabled'
  const podAsks = pod['sidecar.istio.io/inject']
  const podRevision = pod['istio.io/rev']
  if (podAsks !== undefined && yes.has(podAsks.toLowerCase())) {
    const other = podRevision ?? namespace['istio.io/rev'] ?? revision
    return other === revision ? `pod label sidecar.istio.io/inject=${podAsks}` : undefined
  }
  if (namespace['istio-injection'] !== undefined) return undefined
  if (namespace['istio.io/rev'] !== undefined) {
    return namespace['istio.io/rev'] === revision ? `namespace label istio.io/rev=${revision}` : undefined
  }
  return podRevision === revision ? `pod label istio.io/rev=${revision}` : undefined
}

/**
 * The decision with its reason. A `disabled` on either side wins, then an `enabled` on either side; the pod's label beats
 * its annotation. Source: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
 */
export const decideInjection = (
  pod: Pod,
  namespace: { readonly name: string; readonly labels: Labels },
  revision: string,
): InjectionDecision => {
  const labels = pod.metadata.labels ?? {}
  const annotations = pod.metadata.annotations ?? {}
  if (pod.spec.hostNetwork === true) return no('the pod uses the network of its host (hostNetwork)')
  if (systemNamespaces.has(namespace.name)) return no(`namespace ${namespace.name} is never injected`)
  if (annotations['sidecar.istio.io/status'] !== undefined) return no('the pod has its sidecar already')
  if (namespace.labels['istio-injection'] === 'disabled')
    return no('namespace label istio-injection=disabled')
  const own = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject']
  if (own !== undefined && !yes.has(own.toLowerCase())) {
    const where = labels['sidecar.istio.io/inject'] === undefined ? 'annotation' : 'label'
    return no(`pod ${where} sidecar.istio.io/inject=${own}`)
  }
  const why = asked(labels, namespace.labels, revision)
  if (why === undefined) return no('neither namespace nor pod asks for a sidecar')
  const template = annotations['inject.istio.io/templates'] === 'gateway' ? 'gateway' : 'sidecar'
  return { inject: true, why, template }
}
