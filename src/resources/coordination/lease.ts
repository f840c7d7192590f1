/** Lease (coordination.k8s.io/v1): heartbeats and leadership. Times have microseconds. */
import type { KubeObject } from '../kube-object.ts'

export interface LeaseSpec {
  readonly holderIdentity?: string
  readonly leaseDurationSeconds?: number
  readonly acquireTime?: string
  readonly renewTime?: string
  readonly leaseTransitions?: number
  readonly strategy?: string
  readonly preferredHolder?: string
}

export interface Lease extends KubeObject {
  readonly spec?: LeaseSpec
}
