/** The embedded cluster as the command line knows it. */
import type { Duplex } from 'node:stream'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import type { PodPort } from '../cluster/port-forward.ts'

/** What the commands need of the embedded cluster; `app` implements it. */
export interface InstancePort {
  /** Starts the instance and returns when API server, node, control plane and ingress gateway answer. */
  readonly up: (options: UpOptions, say: Say, signal: AbortSignal) => Promise<UpSummary>
  /** Ends every process of the instance; true when one was running. `purge` forgets the state too. */
  readonly down: (options: { readonly purge: boolean }, signal: AbortSignal) => Promise<boolean>
  /** Forgets the cluster's objects, keeps images and kubeconfig; an instance that ran runs again. */
  readonly reset: (say: Say, signal: AbortSignal) => Promise<UpSummary | undefined>
  /** What the host has and lacks for an instance of this home. */
  readonly doctor: (signal: AbortSignal) => Promise<readonly HostFinding[]>
  readonly status: (signal: AbortSignal) => Promise<InstanceStatus>
  readonly home: string
  readonly kubeconfig: string
  readonly imagesFile: string
  /** One file PART.log each of supervisor, server and node. */
  readonly logDirectory: string
  /** Manifests of the demos. */
  readonly examplesDirectory: string
  /** The pinned Envoy, and the Kubernetes version whose API is served. */
  readonly versions: { readonly envoy: string; readonly kubernetes: string }
  /** The built-in images, for `weft image ls`. */
  readonly catalogue: readonly { readonly image: string; readonly description: string }[]
  /** A client of the cluster that $KUBECONFIG or the instance's own kubeconfig names. */
  readonly connect: () => Promise<ClusterClient>
  /** A byte stream to a port of a pod, as `kubectl port-forward` opens it. */
  readonly forward: (target: PodPort, signal: AbortSignal) => Promise<Duplex>
}

export type Say = (line: string) => void

/** One thing that an instance needs of the host. */
export interface HostFinding {
  /** What was looked at: `nft`, `user namespaces`. */
  readonly check: string
  /** `missing`: Weft cannot start without; `warning`: it starts, and something does not work as it could. */
  readonly level: 'ok' | 'warning' | 'missing'
  /** What was found. */
  readonly message: string
  /** What to install or to switch on; not with `ok`. */
  readonly advice?: string
}

export interface UpOptions {
  readonly plaintextXds?: string
  /** `[IP:]HOSTPORT:GATEWAYPORT` */
  readonly publish?: readonly string[]
}

export interface UpSummary {
  readonly alreadyRunning: boolean
  readonly apiServer: string
  readonly gateway: string | undefined
  /** `0.0.0.0:8080->80`: a port of the host and the gateway's. */
  readonly published: readonly string[]
  readonly seconds: number
}

export type InstanceStatus =
  | { readonly running: false; readonly home: string }
  | {
      readonly running: true
      readonly home: string
      readonly apiServer: string
      readonly apiAnswers: boolean
      readonly gateway: string | undefined
      /** `0.0.0.0:8080->80`: a port of the host and the gateway's. */
      readonly published: readonly string[]
      readonly processes: readonly {
        readonly pid: number
        readonly command: string
        readonly residentBytes: number
      }[]
    }
