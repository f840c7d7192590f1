import { accessObjects } from './access-objects.ts'
import type { Log } from '../primitives/log.ts'
import { systemClock } from './system-clock.ts'
import { messageOf } from '../primitives/coded-error.ts'
import { isApiError } from '../machinery/api-error.ts'
import { gatewayManifests, ingressGateway } from '../inject/gateway-manifests.ts'
import type { ResourceRef, WritePort } from '../machinery/ports.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { localPathProvisioner } from '../node/volumes/local-path.ts'
import type { InformerSet } from '../cluster/informer-set.ts'
import { clusterAddresses } from './instance-addresses.ts'

/** One object that every instance has, and where it goes. */
interface SystemObject {
  readonly resource: ResourceRef
  readonly object: KubeObject & { readonly [field: string]: unknown }
}

const core = (plural: string): ResourceRef => ({ group: '', version: 'v1', plural })
const endpointSlices: ResourceRef = { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' }

interface ServicePortRow {
  readonly name: string
  readonly port: number
  readonly targetPort: number
}

/** A Service without selector whose only endpoint is the cluster's bridge address, where `weft server` listens. */
const serverService = (
  name: string,
  namespace: string,
  ports: readonly ServicePortRow[],
  extra: { readonly labels: Readonly<Record<string, string>>; readonly clusterIP?: string },
): readonly SystemObject[] => [
  {
    resource: core('services'),
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels: extra.labels },
      spec: {
        type: 'ClusterIP',
        ...(extra.clusterIP === undefined
          ? {}
          : { clusterIP: extra.clusterIP, clusterIPs: [extra.clusterIP] }),
        ports: ports.map((row) => ({ ...row, protocol: 'TCP' })),
      },
    },
  },
  {
    resource: endpointSlices,
    object: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [clusterAddresses.bridge], conditions: { ready: true } }],
      ports: ports.map((row) => ({ name: row.name, port: row.targetPort, protocol: 'TCP' })),
    },
  },
]

const resourceOf = (kind: string): ResourceRef =>
  kind === 'Deployment'
    ? { group: 'apps', version: 'v1', plural: 'deployments' }
    : core(`${kind.toLowerCase()}s`)

/** Istio's mesh configuration, where Istio's users look for it. */
const meshConfig =
  'accessLogFile: /dev/stdout\noutboundTrafficPolicy:\n  mode: ALLOW_ANY\nrootNamespace: istio-system\ntrustDomain: cluster.local\n'

/** Where pods reach the API. */
const kubernetesService = serverService(
  'kubernetes',
  'default',
  [{ name: 'https', port: 443, targetPort: clusterAddresses.apiPort }],
  {
    labels: { component: 'apiserver', provider: 'kubernetes' },
    clusterIP: clusterAddresses.kubernetesService,
  },
)

/** The API server's and control plane's own Services, roles, and the mesh configuration. */
const systemObjects: readonly SystemObject[] = [
  ...kubernetesService,
  {
    resource: core('namespaces'),
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } },
  },
  {
    resource: core('configmaps'),
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'istio', namespace: 'istio-system' },
      data: { mesh: meshConfig, meshNetworks: 'networks: {}\n' },
    },
  },
  ...serverService(
    'istiod',
    'istio-system',
    [
      { name: 'grpc-xds', port: 15010, targetPort: clusterAddresses.adsPort },
      { name: 'http-monitoring', port: 15014, targetPort: clusterAddresses.debugPort },
    ],
    { labels: { app: 'istiod', istio: 'pilot' } },
  ),
  ...gatewayManifests(ingressGateway).map((object) => ({
    resource: resourceOf(object.kind),
    object: { ...object },
  })),
  {
    resource: { group: 'storage.k8s.io', version: 'v1', plural: 'storageclasses' },
    object: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'standard',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: localPathProvisioner,
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'Immediate',
    },
  },
  ...accessObjects.map(({ resource, object }) => ({ resource, object: { ...object } })),
]

/**
 * Applies an object as field manager `weft`: what a user changed since stays the user's (a conflict leaves the object
 * as it is), what Weft changed since the last start arrives.
 */
const applySystemObject = async (
  port: WritePort,
  { resource, object }: SystemObject,
  signal: AbortSignal,
): Promise<void> => {
  const { name, namespace } = object.metadata
  try {
    await port.patch(
      resource,
      { name, ...(namespace === undefined ? {} : { namespace }) },
      // A KubeObject is JSON by definition; its type says so only in parts.
      { kind: 'apply', body: object as unknown as JsonObject, fieldManager: 'weft' },
      { signal },
    )
  } catch (error) {
    if (!isApiError(error, 409)) throw error
  }
}

/** One that cannot be applied yet (its namespace is still to come) is tried again. */
const applyAll = async (
  objects: readonly SystemObject[],
  port: WritePort,
  log: Log,
  signal: AbortSignal,
): Promise<void> => {
  for (const object of objects) {
    for (let pause = 20; !signal.aborted; pause = Math.min(2000, pause * 2)) {
      const failure = await applySystemObject(port, object, signal).then(
        () => undefined,
        (error: unknown) => messageOf(error),
      )
      if (failure === undefined) break
      log('a system object is not applied yet', { name: object.object.metadata.name, error: failure })
      await systemClock.sleep(pause, signal).catch(() => undefined)
    }
  }
}

export const applySystemObjects = (port: WritePort, log: Log, signal: AbortSignal): Promise<void> =>
  applyAll(systemObjects, port, log, signal)

/** `kubectl delete all --all` takes the API's own Service too: as in Kubernetes it comes back. */
export const keepKubernetesService = (
  informers: InformerSet,
  port: WritePort,
  log: Log,
  signal: AbortSignal,
): void => {
  informers.informer(core('services')).subscribe(({ type, object }) => {
    const { name, namespace } = object.metadata
    if (type !== 'deleted' || name !== 'kubernetes' || namespace !== 'default') return
    // It tries until it succeeds or the server ends, and so never rejects.
    void applyAll(kubernetesService, port, log, signal)
  })
}
