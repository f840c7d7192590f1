/** What Istio accepts with a warning. */
import type { KubeObject } from '../kube-object.ts'

export interface IstioWarning {
  readonly field: string
  readonly message: string
}

export const istioWarnings = (_object: KubeObject): readonly IstioWarning[] => []
