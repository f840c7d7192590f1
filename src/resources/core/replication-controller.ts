/** ReplicationController (core/v1): the ReplicaSet of old, with a selector of labels alone. */
import type { ReplicaSetStatus } from '../apps/replica-set.ts'
import type { KubeObject } from '../kube-object.ts'
import type { PodTemplateSpec } from './pod.ts'

export interface ReplicationControllerSpec {
  readonly replicas?: number
  readonly minReadySeconds?: number
  readonly selector?: Readonly<Record<string, string>>
  readonly template?: PodTemplateSpec
}

export interface ReplicationController extends KubeObject {
  readonly spec: ReplicationControllerSpec
  readonly status?: ReplicaSetStatus
}
