/** What Istio refuses in a WasmPlugin beyond its schema. */
import type { KubeObject } from '../kube-object.ts'
import { validatePolicyTarget } from './policy-target.ts'
import type { PolicyTarget } from './policy-target.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { validateTrafficSelectors, validateWasmSettings } from './wasm-settings.ts'
import type { TrafficSelector, WasmSettings } from './wasm-settings.ts'
import type { Findings } from './when.ts'

export interface WasmPlugin extends KubeObject {
  readonly spec?: PolicyTarget & WasmSettings & { readonly match?: readonly TrafficSelector[] }
}

export const validateWasmPlugin = (plugin: WasmPlugin): Findings => {
  const spec = plugin.spec ?? {}
  return [
    ...validateIstioMetadata(plugin),
    ...validatePolicyTarget(spec),
    ...validateWasmSettings('spec', spec),
    ...validateTrafficSelectors('spec.match', spec.match ?? []),
  ]
}
