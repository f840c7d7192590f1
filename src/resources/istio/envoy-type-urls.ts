/** The types that an EnvoyFilter's patch names by URL. */
import { isJsonObject } from '../../primitives/json-value.ts'
import type { JsonValue } from '../../primitives/json-value.ts'
import { child, item } from '../field-path.ts'

export interface NamedType {
  readonly path: string
  readonly typeUrl: string
}

const typesIn = (path: string, value: JsonValue | undefined): readonly NamedType[] => {
  if (Array.isArray(value)) {
    const list: readonly JsonValue[] = value
    return list.flatMap((entry, index) => typesIn(item(path, index), entry))
  }
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([field, inner]) =>
    field === '@type' && typeof inner === 'string'
      ? [{ path: child(path, field), typeUrl: inner }]
      : typesIn(child(path, field), inner),
  )
}

/** Types of Envoy's API v2, which no proxy knows any more. */
export const findOldEnvoyTypes = (path: string, value: JsonValue | undefined): readonly NamedType[] =>
  typesIn(path, value).filter(({ typeUrl }) =>
    /\/(?:envoy\.(?:api|config)\.(?:[a-z0-9_]+\.)*v2(?:alpha)?\.|envoy\.api\.v2\.)/.test(typeUrl),
  )
