/** The containers istio-init and istio-proxy, as Istio's templates write them. */
import type { JsonObject } from '../primitives/json-value.ts'
import type { Container, EnvVar, Probe } from '../resources/core/container.ts'
import type { Pod } from '../resources/core/pod.ts'
import type { InjectionSettings } from './injection-settings.ts'
import { redirectArguments, type RedirectOptions } from './redirect-rules.ts'
import type { Workload } from './workload-name.ts'

export const initContainerName = 'istio-init'
export const proxyContainerName = 'istio-proxy'

type Annotations = Readonly<Record<string, string>>

const resourcesOf = (annotations: Annotations): NonNullable<Container['resources']> => {
  const requests = {
    cpu: annotations['sidecar.istio.io/proxyCPU'],
    memory: annotations['sidecar.istio.io/proxyMemory'],
  }
  const limits = {
    cpu: annotations['sidecar.istio.io/proxyCPULimit'],
    memory: annotations['sidecar.istio.io/proxyMemoryLimit'],
  }
  const given = (values: Readonly<Record<string, string | undefined>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    )
  if ([...Object.values(requests), ...Object.values(limits)].every((value) => value === undefined)) {
    return { requests: { cpu: '10m', memory: '64Mi' } }
  }
  return { requests: given(requests), limits: given(limits) }
}

/** Redirects the pod's traffic before anything else runs in it. */
export const initContainer = (image: string, redirect: RedirectOptions): Container => ({
  name: initContainerName,
  image,
  args: redirectArguments(redirect),
  resources: { requests: { cpu: '10m', memory: '16Mi' } },
  securityContext: {
    allowPrivilegeEscalation: false,
    privileged: false,
    capabilities: { add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL'] },
    readOnlyRootFilesystem: false,
    runAsGroup: 0,
    runAsNonRoot: false,
    runAsUser: 0,
  },
})

const field = (name: string, fieldPath: string): EnvVar => ({ name, valueFrom: { fieldRef: { fieldPath } } })

export interface ProxyFacts {
  readonly pod: Pod
  readonly namespace: string
  readonly role: 'sidecar' | 'router'
  readonly workload: Workload
  readonly proxyConfig: JsonObject
  /** For ISTIO_KUBE_APP_PROBERS. */
  readonly probers: JsonObject
  readonly interception: 'REDIRECT' | 'NONE'
}

const ownerPath = ({ apiVersion, kind, name }: Workload, namespace: string): string =>
  `kubernetes://apis/${apiVersion}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`

const environment = (facts: ProxyFacts, settings: InjectionSettings): readonly EnvVar[] => {
  const { pod, workload, namespace } = facts
  const ports = pod.spec.containers.flatMap((container) => container.ports ?? [])
  const extra = facts.proxyConfig['proxyMetadata']
  return [
    field('POD_NAME', 'metadata.name'),
    field('POD_NAMESPACE', 'metadata.namespace'),
    field('INSTANCE_IP', 'status.podIP'),
    field('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
    field('HOST_IP', 'status.hostIP'),
    { name: 'PROXY_CONFIG', value: JSON.stringify(facts.proxyConfig) },
    { name: 'ISTIO_META_POD_PORTS', value: JSON.stringify(ports) },
    {
      name: 'ISTIO_META_APP_CONTAINERS',
      value: pod.spec.containers
        .map(({ name }) => name)
        .filter((name) => name !== proxyContainerName)
        .join(','),
    },
    { name: 'ISTIO_META_CLUSTER_ID', value: settings.clusterId },
    field('ISTIO_META_NODE_NAME', 'spec.nodeName'),
    { name: 'ISTIO_META_INTERCEPTION_MODE', value: facts.interception },
    { name: 'ISTIO_META_WORKLOAD_NAME', value: workload.name },
    { name: 'ISTIO_META_OWNER', value: ownerPath(workload, namespace) },
    { name: 'ISTIO_META_MESH_ID', value: settings.trustDomain },
    { name: 'ISTIO_META_ISTIO_VERSION', value: settings.istioVersion },
    { name: 'TRUST_DOMAIN', value: settings.trustDomain },
    ...(Object.keys(facts.probers).length === 0
      ? []
      : [{ name: 'ISTIO_KUBE_APP_PROBERS', value: JSON.stringify(facts.probers) }]),
    ...(typeof extra === 'object' && extra !== null && !Array.isArray(extra)
      ? Object.entries(extra).map(([name, value]) => ({
          name,
          value: typeof value === 'string' ? value : JSON.stringify(value),
        }))
      : []),
  ]
}

const readyCheck = {
  httpGet: { path: '/healthz/ready', port: 15021, scheme: 'HTTP' },
  timeoutSeconds: 3,
} as const

const readinessProbe = (annotations: Annotations): Probe => {
  const number = (name: string, fallback: number): number => {
    const value = Number(annotations[`readiness.status.sidecar.istio.io/${name}`] ?? Number.NaN)
    return Number.isInteger(value) && value >= 0 ? value : fallback
  }
  return {
    ...readyCheck,
    initialDelaySeconds: number('initialDelaySeconds', 0),
    periodSeconds: number('periodSeconds', 15),
    failureThreshold: number('failureThreshold', 4),
  }
}

/** A native sidecar (restartPolicy Always among the init containers), or a gateway's only container. */
export const proxyContainer = (facts: ProxyFacts, settings: InjectionSettings): Container => {
  const annotations = facts.pod.metadata.annotations ?? {}
  return {
    name: proxyContainerName,
    image: annotations['sidecar.istio.io/proxyImage'] ?? settings.image,
    args: [
      'proxy',
      facts.role,
      '--domain',
      `$(POD_NAMESPACE).svc.${settings.clusterDomain}`,
      `--proxyLogLevel=${annotations['sidecar.istio.io/logLevel'] ?? 'warning'}`,
      `--proxyComponentLogLevel=${annotations['sidecar.istio.io/componentLogLevel'] ?? 'misc:error'}`,
    ],
    ports: [{ containerPort: 15090, protocol: 'TCP', name: 'http-envoy-prom' }],
    env: environment(facts, settings),
    resources: resourcesOf(annotations),
    ...(facts.role === 'sidecar' ? { restartPolicy: 'Always' } : {}),
    startupProbe: { ...readyCheck, initialDelaySeconds: 0, periodSeconds: 1, failureThreshold: 600 },
    readinessProbe: readinessProbe(annotations),
    securityContext: {
      allowPrivilegeEscalation: false,
      privileged: false,
      // Envoy marks its sockets (SO_MARK) so that the redirect lets them pass.
      capabilities: {
        add: facts.role === 'router' ? ['NET_ADMIN', 'NET_BIND_SERVICE'] : ['NET_ADMIN'],
        drop: ['ALL'],
      },
      readOnlyRootFilesystem: true,
    },
  }
}
