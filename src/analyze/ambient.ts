/** What runs without sidecars, in Istio's ambient mode. */
import type { AnalysisObject } from './object-set.ts'

export const isAmbientPod = ({ annotations }: AnalysisObject): boolean =>
  annotations['ambient.istio.io/redirection'] === 'enabled'

/** A label for sidecars wins over the one for ambient. */
export const isAmbientNamespace = ({ labels }: AnalysisObject): boolean =>
  labels['istio-injection'] !== 'enabled' &&
  (labels['istio.io/rev'] ?? '') === '' &&
  labels['istio.io/dataplane-mode'] === 'ambient'
