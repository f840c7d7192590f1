/** Reads manifests: several documents, Lists, JSON; every error with its line, column and what to write. */
import { LineCounter, isCollection, isMap, isNode, isPair, isScalar, isSeq, parseAllDocuments } from 'yaml'
import type { Document, Node, ParsedNode, YAMLMap } from 'yaml'
import { isJsonObject } from '../primitives/json-value.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { fieldSteps } from './field-steps.ts'
import type { ManifestError, ManifestObject, Manifests, Position } from './manifest.ts'
import { syntaxMessage } from './syntax-errors.ts'
import { kubernetesTags } from './yaml-scalars.ts'

interface Source {
  readonly name: string
  readonly lines: LineCounter
}

const positionAt = ({ lines }: Source, offset: number): Position => {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined)

const errorAt = (source: Source, offset: number, message: string): ManifestError => ({
  source: source.name,
  ...positionAt(source, offset),
  message,
})

/** The pair of a map whose key is `step`; its key is where the field is written. */
const pairOf = (map: YAMLMap, step: string | number): { key: unknown; value: unknown } | undefined =>
  map.items.find((pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === String(step))

const locate = (root: Node, steps: readonly (string | number)[]): number => {
  let offset = startOf(root) ?? 0
  let node: unknown = root
  for (const step of steps) {
    const pair = isMap(node) ? pairOf(node, step) : undefined
    const next: unknown = pair === undefined && isSeq(node) ? node.items[Number(step)] : pair?.value
    const at = startOf(pair?.key) ?? startOf(next)
    if (at === undefined) return offset
    offset = at
    node = next
  }
  return offset
}

const missingField = (object: JsonObject): string | undefined => {
  const { apiVersion, kind, metadata } = object
  if (typeof apiVersion !== 'string' || apiVersion === '') {
    return 'the object has no apiVersion; write e.g. "apiVersion: v1"'
  }
  if (typeof kind !== 'string' || kind === '') return 'the object has no kind; write e.g. "kind: Service"'
  if (metadata !== undefined && metadata !== null && !isJsonObject(metadata)) {
    return 'metadata must be an object; write the name under it: "metadata:", then "  name: my-name"'
  }
  return undefined
}

interface Parsed {
  readonly objects: readonly ManifestObject[]
  readonly errors: readonly ManifestError[]
}

const failed = (...errors: readonly ManifestError[]): Parsed => ({ objects: [], errors })

const readItems = (source: Source, node: YAMLMap, list: JsonObject): Parsed => {
  const itemsNode = pairOf(node, 'items')?.value
  const items = list['items'] ?? []
  if (
    !Array.isArray(items) ||
    (itemsNode !== undefined && !isCollection(itemsNode) && !isScalar(itemsNode))
  ) {
    return failed(errorAt(source, startOf(node) ?? 0, 'the items of a List must be a list of objects'))
  }
  const nodes: readonly unknown[] = isSeq(itemsNode) ? itemsNode.items : []
  const parsed = items.map((item: unknown, index) => readObject(source, nodes[index], item))
  return { objects: parsed.flatMap(({ objects }) => objects), errors: parsed.flatMap(({ errors }) => errors) }
}

const readObject = (source: Source, node: unknown, value: unknown): Parsed => {
  const start = startOf(node) ?? 0
  if (!isMap(node) || !isJsonObject(value)) {
    return failed(
      errorAt(
        source,
        start,
        'a manifest must be an object with apiVersion, kind and metadata, not a bare value',
      ),
    )
  }
  const problem = missingField(value)
  if (problem !== undefined) return failed(errorAt(source, start, problem))
  if (typeof value['kind'] === 'string' && value['kind'].endsWith('List') && Array.isArray(value['items'])) {
    return readItems(source, node, value)
  }
  const positionOf: ManifestObject['positionOf'] = (path) =>
    positionAt(source, locate(node, typeof path === 'string' ? fieldSteps(path) : path))
  // Checked above: apiVersion and kind are text, metadata an object where it is there at all.
  const object = { ...value, metadata: value['metadata'] ?? {} } as unknown as KubeObject
  return { objects: [{ object, source: source.name, positionOf }], errors: [] }
}

/** A value that JSON cannot carry, such as a map with a list as its key, is refused; aliases are expanded. */
const toJson = (document: Document.Parsed<ParsedNode>): unknown => {
  const plain: unknown = document.toJS({ maxAliasCount: 100 })
  return plain
}

const readDocument = (source: Source, document: Document.Parsed<ParsedNode>): Parsed => {
  if (document.errors.length > 0) {
    const errors = document.errors.map((error) => errorAt(source, error.pos[0], syntaxMessage(error)))
    // What follows on the same line is a consequence of the first.
    return failed(
      ...errors.filter(({ line }, index) => errors.findIndex((one) => one.line === line) === index),
    )
  }
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return { objects: [], errors: [] }
  }
  try {
    return readObject(source, document.contents, toJson(document))
  } catch (error) {
    const message = error instanceof Error ? error.message : 'the document cannot be read'
    return failed(errorAt(source, startOf(document.contents) ?? 0, message))
  }
}

/**
 * Reads manifests. Empty documents are left out; a document with an error gives no object, the others still do.
 * Scalars mean what they mean to kubectl (see yaml-scalars.ts).
 */
export const parseManifests = (text: string, sourceName: string): Manifests => {
  const lines = new LineCounter()
  const source: Source = { name: sourceName, lines }
  const documents = parseAllDocuments(text.replace(/^\uFEFF/, ''), {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
    merge: true,
    customTags: kubernetesTags,
  })
  const parsed = Array.isArray(documents) ? documents.map((document) => readDocument(source, document)) : []
  return { objects: parsed.flatMap(({ objects }) => objects), errors: parsed.flatMap(({ errors }) => errors) }
}
