/** ControllerRevision (apps/v1): what a StatefulSet's or DaemonSet's template was, for rollbacks. */
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../kube-object.ts'

export interface ControllerRevision extends KubeObject {
  /** A strategic merge patch of the owner's `spec.template`. */
  readonly data?: JsonObject
  /** Higher is newer. */
  readonly revision: number
}
