/** Which variant of the proxy's image a pod gets (`distroless`, `debug`): the most specific setting wins. */
import { parse } from 'yaml'
import { objectAt, textAt, textMapAt } from '../mesh/translate/json-reader.ts'
import { isJsonObject } from '../primitives/json-value.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import { kinds } from './kind-keys.ts'
import type { AnalysisObject, ObjectSet } from './object-set.ts'
import { selects } from './selector.ts'

const typeIn = (config: JsonObject | undefined): string | undefined => {
  const type = textAt(objectAt(config, 'image'), 'imageType') ?? ''
  return type === '' ? undefined : type
}

const annotatedConfig = ({ annotations }: AnalysisObject): JsonObject | undefined => {
  try {
    const config: unknown = parse(annotations['proxy.istio.io/config'] ?? '{}')
    return isJsonObject(config) ? config : undefined
  } catch {
    return undefined
  }
}

/** Empty for the default variant. */
export const imageType = (set: ObjectSet, pod: AnalysisObject): string => {
  const configs = set.of(kinds.proxyConfig)
  const selectorOf = (config: AnalysisObject): JsonObject | undefined => objectAt(config.spec, 'selector')
  const local = configs.filter(({ namespace }) => namespace === pod.namespace)
  const candidates = [
    objectAt(set.meshConfig, 'defaultConfig'),
    configs.find(({ namespace }) => namespace === set.rootNamespace)?.spec,
    local.find((config) => selectorOf(config) === undefined)?.spec,
    local.find(
      (config) =>
        selectorOf(config) !== undefined && selects(textMapAt(selectorOf(config), 'matchLabels'), pod.labels),
    )?.spec,
    annotatedConfig(pod),
  ]
  const type = candidates.map(typeIn).findLast((one) => one !== undefined) ?? ''
  return type === 'default' ? '' : type
}
