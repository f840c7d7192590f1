/** Injection: from a pod as its author wrote it to the pod with its Envoy, by Istio's rules. */
import { fail, ok, type Result } from '../primitives/result.ts'
import type { Container } from '../resources/core/container.ts'
import type { Pod } from '../resources/core/pod.ts'
import { decideInjection } from './injection-policy.ts'
import type { InjectionSettings } from './injection-settings.ts'
import { mergeContainer } from './merge-container.ts'
import { initContainer, initContainerName, proxyContainer, proxyContainerName } from './proxy-container.ts'
import { mergeProxyConfig } from './proxy-config-annotation.ts'
import { redirectOf } from './redirect-annotations.ts'
import { rewriteProbes } from './rewrite-probes.ts'
import { workloadOf } from './workload-name.ts'

export interface InjectionRequest {
  readonly pod: Pod
  readonly namespace: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  readonly settings: InjectionSettings
}

export interface InjectionOutcome {
  readonly pod: Pod
  readonly changed: boolean
  /** The rule that decided, in the user's words. */
  readonly why: string
}

/** The pod to create instead. Fails with what is wrong with an annotation; the pod is to be refused then. */
export const injectSidecar = (request: InjectionRequest): Result<InjectionOutcome, string> => {
  const { pod, namespace, settings } = request
  const decision = decideInjection(pod, namespace, settings.revision)
  if (!decision.inject) return ok({ pod, changed: false, why: decision.why })
  const injected = decision.template === 'gateway' ? asGateway(request) : withSidecar(request)
  return injected.ok ? ok({ pod: injected.value, changed: true, why: decision.why }) : injected
}

const isProxy = ({ name }: Container): boolean => name === proxyContainerName

const withSidecar = ({ pod, namespace, settings }: InjectionRequest): Result<Pod, string> => {
  const annotations = pod.metadata.annotations ?? {}
  const proxyConfig = mergeProxyConfig(settings.defaultConfig, annotations['proxy.istio.io/config'])
  if (!proxyConfig.ok) return proxyConfig
  const redirect = redirectOf(annotations)
  if (!redirect.ok) return redirect
  const interception = annotations['sidecar.istio.io/interceptionMode'] === 'NONE' ? 'NONE' : 'REDIRECT'
  const applications = pod.spec.containers.filter((container) => !isProxy(container))
  const rewrites = annotations['sidecar.istio.io/rewriteAppHTTPProbers'] !== 'false'
  const { containers, probers } = rewrites
    ? rewriteProbes(applications)
    : { containers: applications, probers: {} }
  const template = proxyContainer(
    {
      pod,
      namespace: namespace.name,
      role: 'sidecar',
      workload: workloadOf(pod),
      proxyConfig: proxyConfig.value,
      probers,
      interception,
    },
    settings,
  )
  const initial = pod.spec.initContainers ?? []
  const own = [...pod.spec.containers, ...initial].find(isProxy)
  const proxy = mergeContainer(template, own)
  const init = interception === 'NONE' ? [] : [initContainer(proxy.image ?? settings.image, redirect.value)]
  const others = initial.filter((container) => !isProxy(container) && container.name !== initContainerName)
  const marked = withMarks(pod, settings, [...init, proxy])
  return ok({ ...marked, spec: { ...pod.spec, initContainers: [...init, proxy, ...others], containers } })
}

const asGateway = ({ pod, namespace, settings }: InjectionRequest): Result<Pod, string> => {
  const proxyConfig = mergeProxyConfig(
    settings.defaultConfig,
    pod.metadata.annotations?.['proxy.istio.io/config'],
  )
  if (!proxyConfig.ok) return proxyConfig
  if (!pod.spec.containers.some(isProxy)) {
    return fail(
      `annotation inject.istio.io/templates: gateway needs a container named ${proxyContainerName} with image: auto`,
    )
  }
  const template = proxyContainer(
    {
      pod,
      namespace: namespace.name,
      role: 'router',
      workload: workloadOf(pod),
      proxyConfig: proxyConfig.value,
      probers: {},
      interception: 'NONE',
    },
    settings,
  )
  const containers = pod.spec.containers.map((container) =>
    isProxy(container) ? mergeContainer(template, container) : container,
  )
  const sysctls = [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }]
  const securityContext = { sysctls, ...pod.spec.securityContext }
  return ok({ ...withMarks(pod, settings, []), spec: { ...pod.spec, securityContext, containers } })
}

/** Istio's labels and annotations on an injected pod; what the author set stays. */
const withMarks = (pod: Pod, settings: InjectionSettings, added: readonly Container[]): Pod => {
  const labels = pod.metadata.labels ?? {}
  const annotations = pod.metadata.annotations ?? {}
  const application = pod.spec.containers.find((container) => !isProxy(container))?.name
  const status = {
    initContainers: added.length === 0 ? null : added.map(({ name }) => name),
    containers: added.length === 0 ? [proxyContainerName] : null,
    volumes: null,
    imagePullSecrets: null,
    revision: settings.revision,
  }
  // The status port serves Envoy's metrics alone: an application that is scraped already keeps its own port.
  const scraped = Object.keys(annotations).some((name) => name.startsWith('prometheus.io/'))
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: {
        'security.istio.io/tlsMode': 'istio',
        'service.istio.io/canonical-name':
          labels['app.kubernetes.io/name'] ?? labels['app'] ?? workloadOf(pod).name,
        'service.istio.io/canonical-revision':
          labels['app.kubernetes.io/version'] ?? labels['version'] ?? 'latest',
        ...labels,
      },
      annotations: {
        'istio.io/rev': settings.revision,
        ...(application === undefined
          ? {}
          : {
              'kubectl.kubernetes.io/default-container': application,
              'kubectl.kubernetes.io/default-logs-container': application,
            }),
        ...(scraped
          ? {}
          : {
              'prometheus.io/path': '/stats/prometheus',
              'prometheus.io/port': '15020',
              'prometheus.io/scrape': 'true',
            }),
        ...annotations,
        'sidecar.istio.io/status': JSON.stringify(status),
      },
    },
  }
}
