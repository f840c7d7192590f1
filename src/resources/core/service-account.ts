/** ServiceAccount (core/v1): the identity of pods. */
import type { KubeObject } from '../kube-object.ts'

export interface ServiceAccount extends KubeObject {
  readonly secrets?: readonly { readonly name?: string }[]
  readonly imagePullSecrets?: readonly { readonly name?: string }[]
  readonly automountServiceAccountToken?: boolean
}
