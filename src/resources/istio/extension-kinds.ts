/** Istio's kinds that extend proxies. */
import { defineKind } from '../define-kind.ts'
import type { Kind } from '../kind.ts'
import { adviseSelector } from './advise.ts'
import { validateTrafficExtension } from './validate-traffic-extension.ts'
import type { TrafficExtension } from './validate-traffic-extension.ts'
import { validateWasmPlugin } from './validate-wasm-plugin.ts'
import type { WasmPlugin } from './validate-wasm-plugin.ts'

const extensionsGroup = {
  group: 'extensions.istio.io',
  categories: ['istio-io', 'extensions-istio-io'],
  namespaced: true,
  versions: ['v1alpha1'],
  subresources: { status: true },
  isCarriedOut: false,
} as const

export const extensionKinds: readonly Kind[] = [
  defineKind<WasmPlugin>({
    ...extensionsGroup,
    kind: 'WasmPlugin',
    plural: 'wasmplugins',
    validate: validateWasmPlugin,
    advice: ({ spec = {} }) => adviseSelector(spec),
  }),
  defineKind<TrafficExtension>({
    ...extensionsGroup,
    kind: 'TrafficExtension',
    plural: 'trafficextensions',
    requiresSpec: true,
    validate: validateTrafficExtension,
    advice: ({ spec = {} }) => adviseSelector(spec),
  }),
]
