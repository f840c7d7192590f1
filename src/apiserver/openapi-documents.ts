/** The OpenAPI documents as text with their hashes. */
import { createHash } from 'node:crypto'
import type { JsonObject } from '../primitives/json-value.ts'
import type { Kind } from '../resources/kind.ts'
import { openApiDocument, openApiGroupVersions, openApiIndex } from '../resources/openapi/openapi-document.ts'

/** A document's path below /openapi/v3, e.g. `api/v1`, `apis/apps/v1`, with its text and hash. */
export interface OpenApiPart {
  readonly path: string
  readonly hash: string
  readonly text: string
}

export interface OpenApiDocuments {
  /** The body of /openapi/v3: where each document is, with its hash in the URL so that clients may keep it. */
  readonly index: JsonObject
  readonly parts: ReadonlyMap<string, OpenApiPart>
}

const hashOf = (text: string): string => createHash('sha512').update(text).digest('hex').toUpperCase()

/** All documents of the kinds: some hundred kilobytes of text. */
export const openApiDocuments = (kinds: readonly Kind[]): OpenApiDocuments => {
  const parts = new Map(
    openApiGroupVersions(kinds).map(({ group, version, path }) => {
      const text = JSON.stringify(openApiDocument(kinds, group, version) ?? {})
      return [path, { path, hash: hashOf(text), text }]
    }),
  )
  return { parts, index: openApiIndex(kinds, (path) => parts.get(path)?.hash ?? '') }
}

/** The body of /openapi/v2: valid and empty; clients of today read v3. */
export const openApiV2 = (gitVersion: string): JsonObject => ({
  swagger: '2.0',
  info: { title: 'Kubernetes', version: gitVersion },
  paths: {},
  definitions: {},
})
