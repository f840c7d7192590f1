/** The settings of a Wasm extension, of WasmPlugins and TrafficExtensions alike. */
import { duplicate, forbidden, invalid, required, tooLong } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { wasmUrlProblem } from './wasm-url.ts'
import { present, when } from './when.ts'
import type { Findings } from './when.ts'

interface EnvironmentVariable {
  readonly name?: string
  readonly value?: string
  readonly valueFrom?: 'INLINE' | 'HOST'
}

export interface WasmSettings {
  readonly url?: string
  readonly sha256?: string
  readonly imagePullSecret?: string
  readonly pluginName?: string
  readonly vmConfig?: { readonly env?: readonly EnvironmentVariable[] }
}

/** Which traffic an extension sees. */
export interface TrafficSelector {
  readonly mode?: string
  readonly ports?: readonly { readonly number?: number }[]
}

const validateVariables = (path: string, variables: readonly EnvironmentVariable[]): Findings =>
  itemsAt(path, variables).flatMap(({ path: at, value: { name = '', value, valueFrom }, index }) => [
    ...when(name === '', required(child(at, 'name'), 'name the environment variable')),
    ...when(name.length > 256, tooLong(child(at, 'name'), 'may not be longer than 256 characters')),
    ...when(
      variables.findIndex((other) => other.name === name) < index,
      duplicate(child(at, 'name'), name, 'duplicate env'),
    ),
    ...when(
      valueFrom === 'HOST' && (value ?? undefined) !== undefined,
      forbidden(child(at, 'value'), 'value may only be set when valueFrom is INLINE'),
    ),
  ])

const validateChecksum = (path: string, sha256: string): Findings =>
  when(
    sha256 !== '' && !/^[a-f0-9]{64}$/.test(sha256),
    invalid(path, sha256, 'sha256 field must be 64 characters long, each of 0-9 and a-f'),
  )

/** `path`: where the settings stand, `spec` or `spec.wasm`. */
export const validateWasmSettings = (path: string, settings: WasmSettings): Findings => {
  const { url = '', sha256 = '', imagePullSecret = '', pluginName = '' } = settings
  const problem = url === '' ? undefined : wasmUrlProblem(url)
  return [
    ...when(url === '', required(child(path, 'url'), 'url field needs to be set')),
    ...when(problem !== undefined, invalid(child(path, 'url'), url, problem ?? '')),
    ...validateChecksum(child(path, 'sha256'), sha256),
    ...when(
      imagePullSecret.length > 253,
      tooLong(child(path, 'imagePullSecret'), 'may not be longer than 253 characters'),
    ),
    ...when(
      pluginName.length > 256,
      tooLong(child(path, 'pluginName'), 'may not be longer than 256 characters'),
    ),
    ...present(settings.vmConfig?.env, (variables) =>
      validateVariables(child(path, 'vmConfig.env'), variables),
    ),
  ]
}

const validatePorts = (path: string, ports: readonly { readonly number?: number }[]): Findings => {
  const numbers = ports.map((port) => port?.number ?? 0)
  return itemsAt(path, numbers).flatMap(({ path: at, value, index }) => [
    ...when(
      value <= 0 || value > 65_535,
      invalid(child(at, 'number'), value, 'is out of range; write a port from 1 to 65535'),
    ),
    ...when(numbers.indexOf(value) < index, duplicate(child(at, 'number'), value)),
  ])
}

export const validateTrafficSelectors = (path: string, selectors: readonly TrafficSelector[]): Findings =>
  itemsAt(path, selectors).flatMap((selector) =>
    validatePorts(child(selector.path, 'ports'), selector.value?.ports ?? []),
  )
