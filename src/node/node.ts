/** The embedded kubelet: pods as processes, their network, volumes, probes, logs and streams. */
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { localWatchBackOff } from '../cluster/back-off.ts'
import { createEventRecorder } from '../cluster/event-recorder.ts'
import { createInformerSet } from '../cluster/informer-set.ts'
import type { ClusterPort } from '../machinery/ports.ts'
import type { Clock } from '../primitives/clock.ts'
import type { Log } from '../primitives/log.ts'
import type { CgroupTree } from './cgroups/cgroup-tree.ts'
import type { ImageResolver } from './images/image-resolver.ts'
import type { NodeContext } from './node-context.ts'
import { runNodeObject } from './node-object.ts'
import { createContainerAccess } from './pods/container-access.ts'
import type { NodeRights } from './pods/container-identity.ts'
import type { PodDirectories } from './pods/container-record.ts'
import type { ClusterDns } from './pods/pod-files.ts'
import { runPods } from './pods/pod-manager.ts'
import { createSummary, type Summarize } from './stats/summary.ts'
import { localPathProvisioner } from './volumes/local-path.ts'
import { runVolumeProvisioner } from './volumes/volume-provisioner.ts'
import type { ContainerAccess, PodNetwork } from './ports.ts'
import { requestToken } from './volumes/request-token.ts'
import { ServiceAccountTokenCache } from './volumes/service-account-tokens.ts'

export interface NodeOptions {
  readonly cluster: ClusterPort
  /** Name of the Node object; pods with this spec.nodeName run here. */
  readonly nodeName: string
  readonly hostname: string
  /** The node's address in the cluster network, e.g. 10.244.0.1. */
  readonly hostIp: string
  /** The pods' address range, e.g. 10.244.0.0/16. */
  readonly podRange: string
  /** Weft's version, shown in nodeInfo. */
  readonly version: string
  /** Port of the kubelet API, as the Node object announces it. */
  readonly kubeletPort: number
  readonly directories: PodDirectories
  /** Where the volumes of claims lie. */
  readonly volumes: string
  readonly images: ImageResolver
  readonly podNetwork: PodNetwork
  readonly dns: ClusterDns
  readonly cgroups: CgroupTree
  readonly clock: Clock
  /** A number in [0, 1). */
  readonly random: () => number
  readonly log: Log
}

export interface RunningNode {
  /** For logs, exec, attach and port-forward. */
  readonly access: ContainerAccess
  /** What the node and its containers use, as the kubelet's /stats/summary says it. */
  readonly summary: Summarize
  /** Resolves when the Node object is in the API and ready. */
  readonly registered: Promise<void>
  /** Resolves after `signal` aborted and everything that the node itself did has ended; containers go on. */
  readonly stopped: Promise<void>
}

const readWord = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** Whether an id is mapped in this user namespace (proc(5), /proc/PID/uid_map). */
const readIdMap = (path: string): ((id: number) => boolean) => {
  const text = readWord(path)
  // No map to read: a kernel without user namespaces, where every id is there.
  if (text === undefined) return () => true
  const ranges = text.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  return (id) => ranges.some(([first = 0, , length = 0]) => id >= first && id < first + length)
}

const nodeRights = (): NodeRights => ({
  canDropCapabilities: process.geteuid?.() === 0,
  isMappedUser: readIdMap('/proc/self/uid_map'),
  isMappedGroup: readIdMap('/proc/self/gid_map'),
  canSetGroups: readWord('/proc/self/setgroups') !== 'deny',
})

/**
 * Runs the node in the calling process, which must be in the cluster's network namespace and may mount. Pods that an
 * earlier node process started are found again. Aborting `signal` stops the node, not its pods.
 */
export const startNode = async (options: NodeOptions, signal: AbortSignal): Promise<RunningNode> => {
  const { cluster, clock, random, log } = options
  const surroundings = { port: cluster, clock, random, log }
  await mkdir(options.directories.pods, { recursive: true, mode: 0o700 })
  await mkdir(options.directories.run, { recursive: true, mode: 0o700 })
  const context: NodeContext = {
    cluster,
    informers: createInformerSet({ ...surroundings, backOff: localWatchBackOff }, signal),
    nodeName: options.nodeName,
    hostIp: options.hostIp,
    directories: options.directories,
    images: options.images,
    podNetwork: options.podNetwork,
    dns: options.dns,
    rights: nodeRights(),
    cgroups: options.cgroups,
    tokens: new ServiceAccountTokenCache(requestToken(cluster), clock),
    capacity: { cpu: cpus().length, memoryBytes: totalmem() },
    events: createEventRecorder({ ...surroundings, component: 'kubelet', host: options.nodeName }, signal),
    clock,
    log,
  }
  const provisionerEvents = createEventRecorder({ ...surroundings, component: localPathProvisioner }, signal)
  let announce: () => void = () => undefined
  const registered = new Promise<void>((resolve) => {
    announce = resolve
  })
  const facts = {
    hostname: options.hostname,
    version: options.version,
    kubeletPort: options.kubeletPort,
    podRange: options.podRange,
  }
  const stopped = Promise.all([
    runNodeObject(context, facts, announce, signal),
    runPods(context, signal),
    runVolumeProvisioner(context, { recorder: provisionerEvents, directory: options.volumes }, signal),
  ]).then(() => context.events.flush())
  return {
    access: createContainerAccess(options.directories),
    summary: createSummary(options),
    registered,
    stopped,
  }
}
