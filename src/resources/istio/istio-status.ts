/** IstioStatus (meta.istio.io): conditions and findings on Istio's objects. */
import type { JsonObject } from '../../primitives/json-value.ts'

export interface IstioCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly observedGeneration?: number | string
  readonly lastProbeTime?: string
  readonly lastTransitionTime?: string
}

export interface IstioStatus {
  readonly conditions?: readonly IstioCondition[]
  readonly validationMessages?: readonly JsonObject[]
  readonly observedGeneration?: number | string
}
