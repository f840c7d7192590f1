/** The ports between the parts of the node: what pods ask of the network, and what streaming asks of pods. */
import type { FailureStatus } from '../machinery/api-error.ts'
import type { Result } from '../primitives/result.ts'

/** One pod's place in the cluster network. */
export interface PodAddress {
  /** The pod's metadata.uid. */
  readonly uid: string
  readonly ip: string
  /** The path to give to `nsenter --net=`. */
  readonly networkNamespace: string
}

/** Network namespaces and addresses of pods. All of it is found again after a crash of the node. */
export interface PodNetwork {
  /** Sets up the pod's namespace, link and address, or returns what it already has. Throws CodedError `pod-network-setup-failed` or `pod-addresses-exhausted`. */
  readonly ensure: (uid: string, signal?: AbortSignal) => Promise<PodAddress>
  /** Takes namespace, link and address away; no error when there is nothing. End the pod's processes first. */
  readonly remove: (uid: string, signal?: AbortSignal) => Promise<void>
  /** What exists, e.g. to remove the network of pods that are gone. */
  readonly list: () => readonly PodAddress[]
}

export interface ContainerName {
  readonly namespace: string
  readonly pod: string
  /** Init containers too. */
  readonly container: string
}

/** The log of one run of a container, in the CRI format (`<RFC 3339 nano> stdout|stderr F|P <text>`). */
export interface ContainerLog {
  /** The file being written. It may be renamed away by rotation (see rotated-logs.ts), and a new one appears under this path. */
  readonly path: string
  /** Whether this run of the container (not a later one) still writes. */
  readonly isRunning: () => boolean
}

/** A program to spawn that runs the wanted command inside the container: `nsenter ... -- command`. */
export interface ContainerCommand {
  readonly file: string
  readonly args: readonly string[]
  /** The whole environment of the command. */
  readonly env: Readonly<Record<string, string>>
  /** The device that makes the terminal, so that the container sees it under /dev/pts; absent: the node's own. */
  readonly ptmx?: string
}

export interface ContainerAttachment {
  readonly log: ContainerLog
  /** The container has a terminal (`tty: true`): one output stream. */
  readonly tty: boolean
  /** A FIFO that leads to the container's standard input; absent without `stdin: true`. */
  readonly stdinPath?: string
  /** A FIFO that takes the size of the container's terminal, lines `<rows> <columns>`; absent without a terminal. */
  readonly sizePath?: string
}

/** What streaming (logs, exec, attach, port-forward) asks of the pods. Failures are Kubernetes' Status words. */
export interface ContainerAccess {
  readonly log: (
    name: ContainerName,
    options: { readonly previous: boolean },
  ) => Promise<Result<ContainerLog, FailureStatus>>
  /**
   * With `tty` the command gets a terminal as its standard streams and makes itself the leader of a session on it: a
   * leader outside of the container's PID namespace would have no process id that the container's shell understands.
   */
  readonly command: (
    name: ContainerName,
    options: { readonly command: readonly string[]; readonly tty: boolean },
  ) => Promise<Result<ContainerCommand, FailureStatus>>
  readonly attachment: (name: ContainerName) => Promise<Result<ContainerAttachment, FailureStatus>>
  /** The running pod's place in the network, for port-forward. */
  readonly address: (namespace: string, pod: string) => Promise<Result<PodAddress, FailureStatus>>
}
