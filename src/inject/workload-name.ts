/** The workload that a pod belongs to, as its owner and labels tell. */
import type { Pod } from '../resources/core/pod.ts'

export interface Workload {
  readonly name: string
  readonly kind: string
  readonly apiVersion: string
}

/** `myapp-v1` and Deployment for a pod of ReplicaSet `myapp-v1-5d9c7b`; the pod itself when nobody owns it. */
export const workloadOf = (pod: Pod): Workload => {
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true)
  if (owner === undefined) {
    const name = pod.metadata.name || (pod.metadata.generateName ?? '').replace(/-$/, '')
    return { name, kind: 'Pod', apiVersion: 'v1' }
  }
  const hash = pod.metadata.labels?.['pod-template-hash']
  if (owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
    return { name: owner.name.slice(0, -hash.length - 1), kind: 'Deployment', apiVersion: 'apps/v1' }
  }
  return { name: owner.name, kind: owner.kind, apiVersion: owner.apiVersion }
}
