import { join } from 'node:path'

/** The files of one instance. All of them lie under `root`; nothing else on the host belongs to it. */
export interface InstanceHome {
  readonly root: string
  readonly config: string
  readonly kubeconfig: string
  readonly store: string
  readonly pki: string
  readonly images: string
  readonly logs: string
  readonly pods: string
  /** The directories of PersistentVolumes. */
  readonly volumes: string
  /** What ended young, and how often; see part-ends.ts. */
  readonly ends: string
  /** Process id and start time of the running instance. */
  readonly instance: string
}

export const instanceHome = (root: string): InstanceHome => ({
  root,
  config: join(root, 'config.json'),
  kubeconfig: join(root, 'kubeconfig'),
  store: join(root, 'store'),
  pki: join(root, 'pki'),
  images: join(root, 'images.json'),
  logs: join(root, 'logs'),
  pods: join(root, 'pods'),
  volumes: join(root, 'volumes'),
  ends: join(root, 'ends'),
  instance: join(root, 'instance.json'),
})

/**
 * Sockets inside the instance's private mount namespace, where /run is a tmpfs of its own:
 * short whatever the home's path is (a Unix socket's path holds 107 bytes).
 */
export const instanceSockets = {
  api: '/run/weft/api.sock',
  node: '/run/weft/node.sock',
  gate: '/run/weft/gate.sock',
} as const
