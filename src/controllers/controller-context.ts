import type { EventRecorder } from '../cluster/event-recorder.ts'
import type { InformerSet } from '../cluster/informer-set.ts'
import type { ClusterPort, ResourceRef } from '../machinery/ports.ts'
import type { Clock } from '../primitives/clock.ts'
import type { Log } from '../primitives/log.ts'

/** A kind as controllers of all kinds need it: the garbage collector and the emptying of namespaces. */
export interface ControlledKind {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
}

/** A CustomResourceDefinition that the API has. */
export interface ControlledDefinition {
  /** `crontabs.stable.example.com`. */
  readonly name: string
  /** Undefined: no version of it is served. */
  readonly kind: ControlledKind | undefined
  /** Its kind is one of `ControllersConfig.kinds`. */
  readonly isBuiltIn: boolean
  /** It is being deleted: its objects go first. */
  readonly isTerminating: boolean
}

/** The CustomResourceDefinitions, as they come and go. */
export interface CustomKinds {
  readonly current: () => readonly ControlledDefinition[]
  /** Hears of every change; returns the way out. */
  readonly subscribe: (listener: () => void) => () => void
}

export interface ControllersConfig {
  /** Every kind that the API serves for good, in its stored version. */
  readonly kinds: readonly ControlledKind[]
  /** Absent: the API has no custom resources. */
  readonly customKinds?: CustomKinds
  /** Addresses for Services of type LoadBalancer, e.g. `127.8.0.0/24`. */
  readonly loadBalancerRange: string
  /** The lowest port that may be opened on them; absent: every port. */
  readonly lowestHostPort?: number
  /** PEM; when set, each namespace gets the ConfigMap `kube-root-ca.crt`. */
  readonly rootCertificate?: string
}

/** What every controller takes from outside. */
export interface ControllerContext {
  readonly cluster: ClusterPort
  readonly informers: InformerSet
  readonly clock: Clock
  /** Numbers in [0, 1). */
  readonly random: () => number
  readonly config: ControllersConfig
  readonly log: Log
  /** A recorder of events in the name of `component`. */
  readonly recorder: (component: string) => EventRecorder
}

/** A reconcile loop: constructed without effects, runs until its signal. */
export interface Controller {
  readonly name: string
  readonly run: (signal: AbortSignal) => Promise<void>
}

const core = (plural: string): ResourceRef => ({ group: '', version: 'v1', plural })

export const resources = {
  pods: core('pods'),
  services: core('services'),
  endpoints: core('endpoints'),
  namespaces: core('namespaces'),
  nodes: core('nodes'),
  events: core('events'),
  configMaps: core('configmaps'),
  serviceAccounts: core('serviceaccounts'),
  deployments: { group: 'apps', version: 'v1', plural: 'deployments' },
  replicationControllers: { group: '', version: 'v1', plural: 'replicationcontrollers' },
  replicaSets: { group: 'apps', version: 'v1', plural: 'replicasets' },
  controllerRevisions: { group: 'apps', version: 'v1', plural: 'controllerrevisions' },
  daemonSets: { group: 'apps', version: 'v1', plural: 'daemonsets' },
  statefulSets: { group: 'apps', version: 'v1', plural: 'statefulsets' },
  cronJobs: { group: 'batch', version: 'v1', plural: 'cronjobs' },
  jobs: { group: 'batch', version: 'v1', plural: 'jobs' },
  persistentVolumes: core('persistentvolumes'),
  persistentVolumeClaims: core('persistentvolumeclaims'),
  storageClasses: { group: 'storage.k8s.io', version: 'v1', plural: 'storageclasses' },
  endpointSlices: { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' },
  definitions: { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' },
  leases: { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' },
} as const satisfies Readonly<Record<string, ResourceRef>>
