import type { EventRecorder } from '../cluster/event-recorder.ts'
import type { InformerSet } from '../cluster/informer-set.ts'
import type { ClusterPort, ResourceRef } from '../machinery/ports.ts'
import type { Clock } from '../primitives/clock.ts'
import type { Log } from '../primitives/log.ts'
import type { CgroupTree } from './cgroups/cgroup-tree.ts'
import type { ImageResolver } from './images/image-resolver.ts'
import type { NodeRights } from './pods/container-identity.ts'
import type { PodDirectories } from './pods/container-record.ts'
import type { ClusterDns } from './pods/pod-files.ts'
import type { PodNetwork } from './ports.ts'
import type { ServiceAccountTokenCache } from './volumes/service-account-tokens.ts'

/** What every pod of the node works with. */
export interface NodeContext {
  readonly cluster: ClusterPort
  readonly informers: InformerSet
  readonly nodeName: string
  /** The node's address in the cluster network. */
  readonly hostIp: string
  readonly directories: PodDirectories
  readonly images: ImageResolver
  readonly podNetwork: PodNetwork
  readonly dns: ClusterDns
  readonly rights: NodeRights
  readonly cgroups: CgroupTree
  readonly tokens: ServiceAccountTokenCache
  readonly capacity: { readonly cpu: number; readonly memoryBytes: number }
  readonly events: EventRecorder
  readonly clock: Clock
  readonly log: Log
}

const core = (plural: string): ResourceRef => ({ group: '', version: 'v1', plural })

export const resources = {
  pods: core('pods'),
  nodes: core('nodes'),
  namespaces: core('namespaces'),
  services: core('services'),
  configMaps: core('configmaps'),
  secrets: core('secrets'),
  persistentVolumes: core('persistentvolumes'),
  persistentVolumeClaims: core('persistentvolumeclaims'),
  storageClasses: { group: 'storage.k8s.io', version: 'v1', plural: 'storageclasses' },
  events: core('events'),
  endpointSlices: { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' },
  leases: { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' },
} as const satisfies Readonly<Record<string, ResourceRef>>
