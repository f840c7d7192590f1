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

interface MadePart {
  readonly kinds: readonly Kind[]
  readonly part: OpenApiPart
}

const isSameList = (left: readonly Kind[], right: readonly Kind[]): boolean =>
  left.length === right.length && left.every((kind, index) => kind === right[index])

/**
 * All documents of the kinds as they are when it is called: some hundred kilobytes of text, made anew only where the
 * kinds of a group and version changed.
 */
export const createOpenApiDocuments = (
  kinds: () => readonly Kind[],
  isDocumented: (kind: Kind) => boolean,
): (() => OpenApiDocuments) => {
  let made: ReadonlyMap<string, MadePart> = new Map()
  let seen: readonly Kind[] | undefined
  let documents: OpenApiDocuments = { parts: new Map(), index: {} }
  const make = (all: readonly Kind[]): void => {
    made = new Map(
      openApiGroupVersions(all).map(({ group, version, path }) => {
        const own = all.filter((kind) => kind.group === group && kind.versions.includes(version))
        const known = made.get(path)
        if (known !== undefined && isSameList(known.kinds, own)) return [path, known]
        const text = JSON.stringify(openApiDocument(own, group, version) ?? {})
        return [path, { kinds: own, part: { path, hash: hashOf(text), text } }]
      }),
    )
    const parts = new Map([...made].map(([path, { part }]) => [path, part]))
    documents = { parts, index: openApiIndex(all, (path) => parts.get(path)?.hash ?? '') }
  }
  return () => {
    const now = kinds()
    if (seen !== now) make(now.filter(isDocumented))
    seen = now
    return documents
  }
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
