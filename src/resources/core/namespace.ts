/** Namespace (core/v1). */
import type { KubeObject } from '../kube-object.ts'

export interface NamespaceCondition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly lastTransitionTime?: string
  readonly reason?: string
  readonly message?: string
}

export interface Namespace extends KubeObject {
  readonly spec?: { readonly finalizers?: readonly string[] }
  readonly status?: {
    readonly phase?: 'Active' | 'Terminating'
    readonly conditions?: readonly NamespaceCondition[]
  }
}
