/** ProxyConfig by level: the pod's own over the mesh's over the built-in. */
import { parse } from 'yaml'
import { messageOf } from '../primitives/coded-error.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import type { InjectionSettings } from './injection-settings.ts'
import { fail, ok, type Result } from '../primitives/result.ts'

/** Maps are merged, everything else is replaced, as protobuf merging of ProxyConfig does. */
const merge = (below: JsonObject, above: JsonObject): JsonObject => {
  const merged: Record<string, JsonValue> = { ...below }
  for (const [key, value] of Object.entries(above)) {
    const old = merged[key]
    merged[key] = isJsonObject(old) && isJsonObject(value) ? merge(old, value) : value
  }
  return merged
}

/** `defaultConfig` and `trustDomain` of the mesh configuration (YAML) over the built-in ones; a broken one changes nothing. */
export const withMeshConfig = (settings: InjectionSettings, text: string): InjectionSettings => {
  const config = yamlObject(text)
  if (config === undefined) return settings
  const { defaultConfig, trustDomain } = config
  // The control plane's address is where it is, whatever a configuration that was copied from Istio says (15012: mTLS).
  const { discoveryAddress: _, ...defaults } = isJsonObject(defaultConfig) ? defaultConfig : {}
  return {
    ...settings,
    defaultConfig: merge(settings.defaultConfig, defaults),
    ...(typeof trustDomain === 'string' && trustDomain !== '' ? { trustDomain } : {}),
  }
}

const yamlObject = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** `text` is the annotation proxy.istio.io/config, YAML; undefined when the pod has none. */
export const mergeProxyConfig = (mesh: JsonObject, text: string | undefined): Result<JsonObject, string> => {
  if (text === undefined || text.trim() === '') return ok(mesh)
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    return fail(`annotation proxy.istio.io/config is not YAML: ${messageOf(error)}`)
  }
  if (isJsonObject(value)) return ok(merge(mesh, value))
  return fail('annotation proxy.istio.io/config is not an object: write e.g. "concurrency: 2"')
}
