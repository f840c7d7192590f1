/** The annotation of client-side apply, where server-side apply by kubectl meets it (managedfields lastapplied*.go). */
import type { JsonObject, JsonValue } from '../primitives/json-value.ts'
import { isJsonObject } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { Schema, SchemaLibrary } from '../resources/schema.ts'
import { difference, type FieldSet, union } from './field-set.ts'
import { compareValues, fieldsOf } from './structured-merge.ts'

const annotation = 'kubectl.kubernetes.io/last-applied-configuration'

/** The manager of `kubectl apply --server-side`; others leave the annotation alone. */
export const kubectlManager = 'kubectl'

const parsed = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The fields that a client-side apply set and that still have its values: kubectl may take them over without force. */
export const fieldsOfLastApplied = (
  live: KubeObject & JsonObject,
  schema: Schema | undefined,
  library: SchemaLibrary,
): FieldSet | undefined => {
  const text = live.metadata.annotations?.[annotation] ?? ''
  const applied = parsed(text)
  if (applied === undefined || applied['apiVersion'] !== live.apiVersion) return undefined
  const { added, modified, removed } = compareValues(applied, live, schema, library)
  return difference(fieldsOf(applied, schema, library), union(union(added, modified), removed))
}

const sorted = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value
    return items.map(sorted)
  }
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}

/** The object with the annotation, where it has one, telling of the configuration that was applied now. */
export const withLastApplied = <T extends KubeObject>(object: T, configuration: T & JsonObject): T => {
  const { annotations } = object.metadata
  if ((annotations?.[annotation] ?? '') === '') return object
  const { [annotation]: _, ...own } = configuration.metadata.annotations ?? {}
  const isBare = Object.keys(own).length === 0
  const metadata = { ...configuration.metadata, annotations: isBare ? undefined : own }
  const plain: JsonValue = JSON.parse(JSON.stringify({ ...configuration, metadata }))
  const text = `${JSON.stringify(sorted(plain))}\n`
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [annotation]: text } } }
}
