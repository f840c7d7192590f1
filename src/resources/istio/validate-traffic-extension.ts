/** What Istio refuses in a TrafficExtension beyond its schema. */
import { forbidden, required, tooLong } from '../field-error.ts'
import type { KubeObject } from '../kube-object.ts'
import { validatePolicyTarget } from './policy-target.ts'
import type { PolicyTarget } from './policy-target.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { validateTrafficSelectors, validateWasmSettings } from './wasm-settings.ts'
import type { TrafficSelector, WasmSettings } from './wasm-settings.ts'
import { present, when } from './when.ts'
import type { Findings } from './when.ts'

export interface TrafficExtension extends KubeObject {
  readonly spec?: PolicyTarget & {
    readonly match?: readonly TrafficSelector[]
    readonly wasm?: WasmSettings
    readonly lua?: { readonly inlineCode?: string }
  }
}

const LONGEST_CODE = 65_536

const validateLua = ({ inlineCode = '' }: { readonly inlineCode?: string }): Findings => [
  ...when(inlineCode === '', required('spec.lua.inlineCode', 'lua.inlineCode cannot be empty')),
  ...when(
    inlineCode.length > LONGEST_CODE,
    tooLong('spec.lua.inlineCode', `may not be longer than ${LONGEST_CODE} characters`),
  ),
]

export const validateTrafficExtension = (extension: TrafficExtension): Findings => {
  const spec = extension.spec ?? {}
  const { wasm, lua, match = [] } = spec
  return [
    ...validateIstioMetadata(extension),
    ...when((wasm ?? lua) === undefined, required('spec', 'exactly one of wasm or lua must be set')),
    ...when(
      wasm !== undefined && lua !== undefined,
      forbidden('spec.lua', 'exactly one of wasm or lua must be set; keep one of them'),
    ),
    ...validatePolicyTarget(spec),
    ...present(lua, validateLua),
    ...present(wasm, (settings) => validateWasmSettings('spec.wasm', settings)),
    ...validateTrafficSelectors('spec.match', match),
  ]
}
