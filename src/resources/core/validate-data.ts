/** What Kubernetes refuses in ConfigMaps and Secrets beyond their schema. */
import { jsonEqual } from '../../primitives/json-value.ts'
import { forbidden, invalid, required, tooLong } from '../field-error.ts'
import { item } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { configKeyProblem } from '../meta/name-syntax.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import { formatProblem } from '../schema-formats.ts'
import type { ConfigMap } from './config-map.ts'
import type { Secret } from './secret.ts'

type Errors = readonly FieldError[]
type Data = Readonly<Record<string, string>>

/** 1 MiB. */
const DATA_LIMIT = 1024 * 1024

const utf8Length = (text: string): number => new TextEncoder().encode(text).length

const validateKeys = (field: string, data: Data | undefined): Errors =>
  Object.keys(data ?? {}).flatMap((key) => {
    const problem = configKeyProblem(key)
    return problem === undefined ? [] : [invalid(item(field, key), key, problem)]
  })

const validateBase64 = (field: string, data: Data | undefined): Errors =>
  Object.entries(data ?? {}).flatMap(([key, value]) => {
    const problem = formatProblem('byte', value)
    return problem === undefined
      ? []
      : [invalid(item(field, key), '<omitted>', `${problem}; write plain text under stringData instead`)]
  })

const sizeErrors = (field: string, size: number): Errors =>
  size > DATA_LIMIT ? [tooLong(field, `may not be more than ${DATA_LIMIT} bytes`)] : []

/** Four letters of base64 carry three bytes. */
const decodedLength = (data: Data | undefined): number =>
  Object.values(data ?? {}).reduce((sum, text) => sum + Math.floor((text.length * 3) / 4), 0)

interface Holder {
  readonly immutable?: boolean
  readonly data?: Data
  readonly binaryData?: Data
}

const immutableErrors = (holder: Holder, old: Holder | undefined): Errors => {
  if (old?.immutable !== true) return []
  return [
    ...(holder.immutable === true
      ? []
      : [
          forbidden(
            'immutable',
            'field is immutable when `immutable` is set; delete the object to change it',
          ),
        ]),
    ...(['data', 'binaryData'] as const).flatMap((field) =>
      jsonEqual(holder[field], old[field])
        ? []
        : [forbidden(field, 'field is immutable when `immutable` is set; delete the object to change it')],
    ),
  ]
}

export const validateConfigMap = (configMap: ConfigMap, old?: ConfigMap): Errors => {
  const text = Object.values(configMap.data ?? {}).reduce((sum, value) => sum + utf8Length(value), 0)
  const twice = Object.keys(configMap.data ?? {}).filter((key) =>
    Object.hasOwn(configMap.binaryData ?? {}, key),
  )
  return [
    ...validateMetadata(configMap),
    ...validateKeys('data', configMap.data),
    ...validateKeys('binaryData', configMap.binaryData),
    ...validateBase64('binaryData', configMap.binaryData),
    ...twice.map((key) => invalid(item('data', key), key, 'duplicate of key present in binaryData')),
    ...sizeErrors('data', text + decodedLength(configMap.binaryData)),
    ...immutableErrors(configMap, old),
  ]
}

/** Keys that Kubernetes asks of each type. */
const REQUIRED_KEYS = new Map([
  ['kubernetes.io/tls', ['tls.crt', 'tls.key']],
  ['kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
  ['kubernetes.io/dockercfg', ['.dockercfg']],
  ['kubernetes.io/ssh-auth', ['ssh-privatekey']],
])

export const validateSecret = (secret: Secret, old?: Secret): Errors => [
  ...validateMetadata(secret),
  ...validateKeys('data', secret.data),
  ...validateBase64('data', secret.data),
  ...sizeErrors('data', decodedLength(secret.data)),
  ...(REQUIRED_KEYS.get(secret.type ?? '') ?? []).flatMap((key) =>
    secret.data?.[key] === undefined ? [required(item('data', key))] : [],
  ),
  ...(old !== undefined && (old.type ?? 'Opaque') !== (secret.type ?? 'Opaque')
    ? [invalid('type', secret.type ?? '', 'field is immutable')]
    : []),
  ...immutableErrors(secret, old),
]
