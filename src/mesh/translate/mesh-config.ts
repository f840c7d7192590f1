/** Istio's meshConfig (key `mesh` of the ConfigMap `istio`) to the mesh's settings. */
import { parseDocument } from 'yaml'
import type { LogSink } from '../model/access-log.ts'
import type { MeshSettings } from '../model/mesh-settings.ts'
import { isJsonObject, jsonEqual, type JsonObject, type JsonValue } from '../../primitives/json-value.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import { didYouMean } from '../../resources/did-you-mean.ts'
import { booleanAt, durationAt, objectAt, objectsAt, optional, textAt, textsAt } from './json-reader.ts'
import { jsonFormat, textFormat } from './log-format.ts'
import { CARRIED_OUT, KNOWN_FIELDS, SAME_AS_DEFAULT } from './mesh-config-fields.ts'

export interface TranslatedMeshConfig {
  readonly settings: MeshSettings
  /** Fields that are not carried out, or that nobody knows; a sentence each. */
  readonly remarks: readonly string[]
}

/** `base` has the defaults. Fails with what is wrong with the text: then what was in force stays. */
export const translateMeshConfig = (
  text: string,
  base: MeshSettings,
): Result<TranslatedMeshConfig, string> => {
  const parsed = parseMeshConfig(text)
  if (!parsed.ok) return parsed
  const config = parsed.value
  const format = logFormatOf(config)
  const path = textAt(config, 'accessLogFile') ?? ''
  const mode = textAt(objectAt(config, 'outboundTrafficPolicy'), 'mode')
  const { accessLog: _, ...rest } = base
  return ok({
    settings: {
      ...rest,
      ...optional('accessLog', path === '' ? undefined : { ...ENVOY, path, format: format.value }),
      unknownDestinations: mode === undefined ? base.unknownDestinations : passOrRefuse(mode),
      detectionMilliseconds: durationAt(config, 'protocolDetectionTimeout') ?? base.detectionMilliseconds,
      logProviders: providersOf(config, format.value),
      defaultLogProviders: textsAt(objectAt(config, 'defaultProviders'), 'accessLogging'),
    },
    remarks: [...format.remarks, ...fieldRemarks(config), ...providerRemarks(config)],
  })
}

/** The configuration as an object; `{}` for an empty text. */
export const parseMeshConfig = (text: string): Result<JsonObject, string> => {
  const document = parseDocument(text)
  const [problem] = document.errors
  if (problem !== undefined) return fail(`mesh is not YAML: ${problem.message.split('\n', 1)[0] ?? ''}`)
  const value: unknown = document.toJS()
  if (value === null || value === undefined) return ok({})
  if (!isJsonObject(value))
    return fail('mesh is not an object: write fields such as "accessLogFile: /dev/stdout"')
  const wrong = wrongValues(value)[0]
  return wrong === undefined ? ok(value) : fail(wrong)
}

const ENCODINGS = ['TEXT', 'JSON']
const MODES = ['ALLOW_ANY', 'REGISTRY_ONLY']

/** What Istio's own reader would refuse, of the fields that are read here. */
const wrongValues = (config: JsonObject): readonly string[] => [
  ...['accessLogFile', 'accessLogFormat', 'trustDomain', 'rootNamespace'].flatMap((field) =>
    config[field] === undefined || typeof config[field] === 'string' ? [] : [`mesh.${field} is not a string`],
  ),
  ...notOneOf('mesh.accessLogEncoding', config['accessLogEncoding'], ENCODINGS),
  ...notOneOf('mesh.outboundTrafficPolicy.mode', objectAt(config, 'outboundTrafficPolicy')?.['mode'], MODES),
  ...(config['protocolDetectionTimeout'] === undefined ||
  durationAt(config, 'protocolDetectionTimeout') !== undefined
    ? []
    : ['mesh.protocolDetectionTimeout is not a duration: write e.g. 5s']),
]

const notOneOf = (field: string, value: JsonValue | undefined, words: readonly string[]): readonly string[] =>
  value === undefined || (typeof value === 'string' && words.includes(value))
    ? []
    : [`${field} ${JSON.stringify(value)} is not known: write ${words.join(' or ')}`]

const passOrRefuse = (mode: string): MeshSettings['unknownDestinations'] =>
  mode === 'REGISTRY_ONLY' ? 'refuse' : 'pass'

/** Istio's built-in provider. */
const ENVOY: LogSink = {
  provider: 'envoy',
  path: '/dev/stdout',
  format: textFormat(''),
  omitEmpty: false,
}

export const BUILT_IN_PROVIDERS: readonly LogSink[] = [ENVOY]

const logFormatOf = (
  config: JsonObject,
): { readonly value: LogSink['format']; readonly remarks: readonly string[] } => {
  const text = textAt(config, 'accessLogFormat') ?? ''
  if (textAt(config, 'accessLogEncoding') !== 'JSON') return { value: textFormat(text), remarks: [] }
  if (text === '') return { value: jsonFormat({}), remarks: [] }
  try {
    const fields: unknown = JSON.parse(text)
    if (isJsonObject(fields)) return { value: jsonFormat(fields), remarks: [] }
  } catch {
    // Istio logs it and takes the default.
  }
  const remark =
    'mesh.accessLogFormat is not a JSON object, which accessLogEncoding JSON needs: the default is used'
  return { value: jsonFormat({}), remarks: [remark] }
}

const providersOf = (config: JsonObject, format: LogSink['format']): readonly LogSink[] => {
  const given = objectsAt(config, 'extensionProviders').flatMap((provider) => {
    const file = objectAt(provider, 'envoyFileAccessLog')
    return file === undefined ? [] : [fileProvider(textAt(provider, 'name') ?? '', file, format)]
  })
  const names = new Set(given.map(({ provider }) => provider.toLowerCase()))
  return [
    ...BUILT_IN_PROVIDERS.filter(({ provider }) => !names.has(provider)).map((sink) => ({ ...sink, format })),
    ...given,
  ]
}

/** The built-in provider follows accessLogFormat and accessLogEncoding unless it has a format of its own. */
const fileProvider = (name: string, file: JsonObject, format: LogSink['format']): LogSink => {
  const own = objectAt(file, 'logFormat')
  const labels = objectAt(own, 'labels')
  const omitEmpty = booleanAt(file, 'omitEmptyValues') ?? false
  const path = textAt(file, 'path') ?? ''
  return {
    provider: name,
    path: path === '' ? ENVOY.path : path,
    format:
      labels !== undefined
        ? jsonFormat(labels)
        : own === undefined && name === ENVOY.provider && !omitEmpty
          ? format
          : textFormat(textAt(own, 'text') ?? ''),
    omitEmpty,
  }
}

const fieldRemarks = (config: JsonObject): readonly string[] =>
  Object.entries(config).flatMap(([field, value]) => {
    if (CARRIED_OUT.has(field)) return []
    if (!KNOWN_FIELDS.has(field)) {
      const meant = didYouMean(field, [...KNOWN_FIELDS, ...CARRIED_OUT])
      return [
        `mesh.${field} is no field of meshConfig${meant === undefined ? '' : `, did you mean ${meant}?`}`,
      ]
    }
    return jsonEqual(value, SAME_AS_DEFAULT[field])
      ? []
      : [`mesh.${field} is not carried out yet: the rest of meshConfig is in effect`]
  })

const NO_LOGS = new Set(['prometheus', 'stackdriver'])

const providerRemarks = (config: JsonObject): readonly string[] =>
  objectsAt(config, 'extensionProviders').flatMap((provider) => {
    const name = textAt(provider, 'name') ?? ''
    return objectAt(provider, 'envoyFileAccessLog') !== undefined || NO_LOGS.has(name)
      ? []
      : [
          `mesh.extensionProviders ${JSON.stringify(name)} is not carried out yet: write an envoyFileAccessLog`,
        ]
  })
