/** ResourceQuota and LimitRange (core/v1): how much a namespace, and each of its containers, may ask for. */
import type { KubeObject } from '../kube-object.ts'

type Amounts = Readonly<Record<string, string | number>>

export interface ResourceQuota extends KubeObject {
  readonly spec?: { readonly hard?: Amounts; readonly scopes?: readonly string[] }
  readonly status?: { readonly hard?: Amounts; readonly used?: Amounts }
}

export interface LimitRangeItem {
  readonly type: string
  readonly max?: Amounts
  readonly min?: Amounts
  readonly default?: Amounts
  readonly defaultRequest?: Amounts
  readonly maxLimitRequestRatio?: Amounts
}

export interface LimitRange extends KubeObject {
  readonly spec?: { readonly limits?: readonly LimitRangeItem[] }
}
