/** TrafficExtension's schema: no npm package has it yet. Its Wasm settings, selector and targets are those of WasmPlugin. */
import type { Schema } from '../schema.ts'

const pick = (schema: Schema | undefined, fields: readonly string[]): Readonly<Record<string, Schema>> =>
  Object.fromEntries(Object.entries(schema?.properties ?? {}).filter(([field]) => fields.includes(field)))

const PHASE: Schema = {
  type: 'string',
  description: 'Determines where in the filter chain the extension is injected.',
  enum: ['UNSPECIFIED', 'AUTHN', 'AUTHZ', 'STATS'],
}

const LUA: Schema = {
  type: 'object',
  description: 'Lua filter configuration.',
  required: ['inlineCode'],
  properties: {
    inlineCode: {
      type: 'string',
      description: 'The inline Lua code to be executed.',
      minLength: 1,
      maxLength: 65_536,
    },
  },
}

const SHARED = ['match', 'priority', 'selector', 'targetRefs'] as const
const WASM = [
  'failStrategy',
  'imagePullPolicy',
  'imagePullSecret',
  'pluginConfig',
  'pluginName',
  'sha256',
  'type',
  'url',
  'verificationKey',
  'vmConfig',
] as const

/** From the schema of WasmPlugin. */
export const trafficExtensionSchema = (wasmPlugin: Schema): Schema => {
  const spec = wasmPlugin.properties?.['spec']
  return {
    ...wasmPlugin,
    description: 'TrafficExtension extends the proxy through WebAssembly or Lua filters.',
    properties: {
      ...wasmPlugin.properties,
      spec: {
        type: 'object',
        properties: {
          ...pick(spec, SHARED),
          phase: PHASE,
          lua: LUA,
          wasm: {
            type: 'object',
            description: 'WebAssembly filter configuration.',
            required: ['url'],
            properties: pick(spec, WASM),
          },
        },
      },
    },
  }
}
