/** How an object lies in the store: its key, its text, and how the text becomes an answer without being parsed. */
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { StoredValue } from '../store/store.ts'
import { storedApiVersion } from './kind-index.ts'

/** All objects of a kind lie under this prefix, e.g. `apps/deployments/`; of one namespace under `.../default/`. */
export const keyPrefix = (served: Kind, namespace?: string): string => {
  const kind = served.storedAs?.kind ?? served
  const prefix = `${kind.group === '' ? 'core' : kind.group}/${kind.plural}/`
  return namespace === undefined || !kind.namespaced ? prefix : `${prefix}${namespace}/`
}

/** `apps/deployments/default/web`, or `core/nodes/weft` for a cluster-scoped kind. */
export const objectKey = (kind: Kind, namespace: string | undefined, name: string): string =>
  `${keyPrefix(kind, namespace)}${name}`

// Every stored text begins with exactly this, so that an answer can put its own apiVersion and resourceVersion in
// front of the rest without parsing: a list of 1,000 objects is 1,000 slices.
const textPrefix = (kind: Kind, apiVersion: string): string =>
  `{"apiVersion":${JSON.stringify(apiVersion)},"kind":${JSON.stringify(kind.kind)},"metadata":{`

const metadataStart = '"metadata":{'

/** The object as the store keeps it: in the stored version, without resourceVersion (the revision is that). */
export const encodeStored = (kind: Kind, object: KubeObject): string => {
  if (kind.storedAs !== undefined) {
    return encodeStored(kind.storedAs.kind, kind.storedAs.toStored(object))
  }
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = object
  const { resourceVersion: _resourceVersion, ...stored } = metadata
  return JSON.stringify({ apiVersion: storedApiVersion(kind), kind: kind.kind, metadata: stored, ...rest })
}

/** The text that goes over the wire: the stored one under the asked version and with its resourceVersion. */
export const servedText = (
  kind: Kind,
  apiVersion: string,
  stored: { readonly value: string; readonly revision: number },
): string => {
  if (kind.storedAs !== undefined) {
    const { kind: other, fromStored: seen } = kind.storedAs
    return JSON.stringify(seen(decodeStored(other, storedApiVersion(other), stored)))
  }
  const { value, revision } = stored
  // A custom resource may have been stored under another version than the one that is stored now.
  const rest = value.slice(value.indexOf(metadataStart) + metadataStart.length)
  const text = `${textPrefix(kind, apiVersion)}"resourceVersion":"${revision}",${rest}`
  const fromStored = kind.custom?.fromStored
  if (fromStored === undefined) return text
  const object: JsonObject = JSON.parse(text)
  return JSON.stringify(fromStored(object))
}

/** Tells whether a JSON value has what every object of the API has: apiVersion, kind and metadata. */
export const isKubeObject = (value: unknown): value is KubeObject =>
  isJsonObject(value) &&
  typeof value['apiVersion'] === 'string' &&
  typeof value['kind'] === 'string' &&
  isJsonObject(value['metadata'])

/** The same object seen as plain JSON; an object of the API holds nothing else. */
export const asJson = (object: KubeObject): JsonObject & KubeObject => object as JsonObject & KubeObject

/** Parses a stored text into an object of the asked version. */
export const decodeStored = (
  kind: Kind,
  apiVersion: string,
  stored: Pick<StoredValue, 'value' | 'revision'>,
): KubeObject & JsonObject => {
  const parsed: unknown = JSON.parse(servedText(kind, apiVersion, stored))
  if (!isKubeObject(parsed)) throw new TypeError(`a stored ${kind.kind} is not an object of the API`)
  return asJson(parsed)
}

/** The object under another version of its kind: all versions have one shape. */
export const inVersion = (object: KubeObject, apiVersion: string): KubeObject =>
  object.apiVersion === apiVersion ? object : { ...object, apiVersion }

/** `spec` and the like of an object, when it is an object; an empty one otherwise. */
export const section = (object: KubeObject, name: string): JsonObject => {
  const value = asJson(object)[name]
  return isJsonObject(value) ? value : {}
}

/** The value at a dotted path such as `.spec.replicas` or `spec.nodeName`. */
export const valueAt = (object: KubeObject, path: string): JsonValue | undefined => {
  let value: JsonValue | undefined = asJson(object)
  for (const part of path.split('.')) {
    if (part === '') continue
    if (!isJsonObject(value)) return undefined
    value = value[part]
  }
  return value
}

/** The JSON object with the value set at a dotted path, everything else shared. */
export const withValueAt = (object: JsonObject, path: string, value: JsonValue): JsonObject => {
  const [first, ...rest] = path.split('.').filter((part) => part !== '')
  if (first === undefined) return object
  const child = object[first]
  return {
    ...object,
    [first]: rest.length === 0 ? value : withValueAt(isJsonObject(child) ? child : {}, rest.join('.'), value),
  }
}
