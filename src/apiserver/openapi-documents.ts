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

/** A field of type string or message in protobuf's wire format; `body` must be shorter than 128 bytes. */
const field = (number: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2, body.length]), body])

/**
 * The same document as gnostic's openapi.v2.Document, which kubectl asks for before it says that a kind is unknown:
 * swagger = 1, info = 2 (title = 1, version = 2), paths = 8.
 */
export const openApiV2Protobuf = (gitVersion: string): Buffer => {
  const text = (value: string): Buffer => Buffer.from(value.slice(0, 40))
  const info = Buffer.concat([field(1, text('Kubernetes')), field(2, text(gitVersion))])
  return Buffer.concat([field(1, text('2.0')), field(2, info), field(8, Buffer.alloc(0))])
}
