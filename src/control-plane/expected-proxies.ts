/** Proxies that serve traffic with what they hold although they are not connected, known from their pods. */
import type { JsonObject } from '../primitives/json-value.ts'
import { booleanAt, objectsAt, sectionOf, specOf, textAt } from '../mesh/translate/json-reader.ts'
import type { KubeObject } from '../resources/kube-object.ts'

export interface ProxyName {
  readonly name: string
  readonly namespace: string
}

export interface ExpectedProxies {
  /** Returns true when it changed who is missing. */
  readonly podChanged: (pod: KubeObject) => boolean
  /** Returns true when it changed who is missing. */
  readonly podDeleted: (pod: KubeObject) => boolean
  readonly connected: (proxy: ProxyName) => void
  readonly disconnected: (proxy: ProxyName) => void
  /** `name.namespace` of the pods whose proxy has no stream, in the order in which they became known. */
  readonly missing: () => readonly string[]
}

/**
 * After a restart of the control plane the proxies go on with what they were given last, until each has found its way
 * back: as long as one is missing, nobody can say that everybody has the present configuration.
 */
export const createExpectedProxies = (): ExpectedProxies => {
  const serving = new Set<string>()
  /** Streams by proxy: a proxy that connects anew may be there twice for a moment. */
  const streams = new Map<string, number>()
  let missing: readonly string[] | undefined
  const isMissing = (key: string): boolean => serving.has(key) && !streams.has(key)

  const setServing = (key: string, serves: boolean): boolean => {
    const before = isMissing(key)
    if (serves) serving.add(key)
    else serving.delete(key)
    if (isMissing(key) === before) return false
    missing = undefined
    return true
  }
  const count = (proxy: ProxyName, change: 1 | -1): void => {
    const key = proxyKey(proxy)
    const next = (streams.get(key) ?? 0) + change
    if (next > 0) streams.set(key, next)
    else streams.delete(key)
    missing = undefined
  }
  return {
    podChanged: (pod) => setServing(podKey(pod), holdsServingProxy(pod)),
    podDeleted: (pod) => setServing(podKey(pod), false),
    connected: (proxy) => count(proxy, 1),
    disconnected: (proxy) => count(proxy, -1),
    missing: () => (missing ??= [...serving].filter(isMissing)),
  }
}

const proxyKey = ({ name, namespace }: ProxyName): string => `${name}.${namespace}`

const podKey = ({ metadata }: KubeObject): string =>
  proxyKey({ name: metadata.name, namespace: metadata.namespace ?? '' })

const PROXY_CONTAINER = 'istio-proxy'

/**
 * True when the pod's proxy has had a configuration: it is ready, or was once since it started (what a startup probe
 * tells). A proxy that is still starting asks for the newest configuration first, and one that is being stopped has
 * said goodbye to its traffic: neither is waited for.
 */
export const holdsServingProxy = (pod: KubeObject): boolean => {
  if (pod.metadata.deletionTimestamp !== undefined) return false
  const status = sectionOf(pod, 'status')
  if (textAt(status, 'phase') !== 'Running') return false
  const container = named(['initContainerStatuses', 'containerStatuses'], status)
  if (container === undefined) return false
  if (booleanAt(container, 'ready') === true) return true
  const spec = named(['initContainers', 'containers'], specOf(pod))
  return booleanAt(container, 'started') === true && spec?.['startupProbe'] !== undefined
}

const named = (lists: readonly string[], within: JsonObject): JsonObject | undefined =>
  lists.flatMap((list) => objectsAt(within, list)).find((entry) => textAt(entry, 'name') === PROXY_CONTAINER)
