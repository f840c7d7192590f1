/** What the mesh decides for every injected pod. */
import type { JsonObject } from '../primitives/json-value.ts'

export interface InjectionSettings {
  /** The image of istio-init and istio-proxy, and what `image: auto` becomes. */
  readonly image: string
  /** Istio's version whose contract the proxies follow, as `ISTIO_VERSION` in their metadata. */
  readonly istioVersion: string
  readonly revision: string
  readonly clusterId: string
  readonly clusterDomain: string
  readonly trustDomain: string
  /** `defaultConfig` of the mesh configuration (Istio's ProxyConfig); a pod's annotation proxy.istio.io/config goes over it. */
  readonly defaultConfig: JsonObject
}

/** The name of the image that stands for both of Istio's containers. */
export const proxyImage = 'weft/proxyv2'

export const defaultInjectionSettings = (weftVersion: string): InjectionSettings => ({
  image: `${proxyImage}:${weftVersion}`,
  istioVersion: '1.28.0',
  revision: 'default',
  clusterId: 'Kubernetes',
  clusterDomain: 'cluster.local',
  trustDomain: 'cluster.local',
  defaultConfig: { discoveryAddress: 'istiod.istio-system.svc:15010' },
})
