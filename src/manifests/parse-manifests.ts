/** Reads manifests: several documents, Lists, JSON; every error with its line, column and what to write. */
import {
  LineCounter,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parseAllDocuments,
  visit,
} from 'yaml'
import type { Document, Node, ParsedNode, YAMLMap } from 'yaml'
import { isJsonObject } from '../primitives/json-value.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { diagnose } from './diagnose.ts'
import { findControlCharacter, findDocumentFault } from './document-faults.ts'
import type { DocumentFault } from './document-faults.ts'
import type { ParserError } from './diagnose.ts'
import { fieldSteps } from './field-steps.ts'
import type { ManifestError, ManifestObject, Manifests, Position } from './manifest.ts'
import { splitJson } from './json-stream.ts'
import { readPlainYaml } from './plain-yaml.ts'
import { applyRepair } from './repair.ts'
import { TOO_DEEP, syntaxMessage } from './syntax-errors.ts'
import { kubernetesTags } from './yaml-scalars.ts'

interface Source {
  readonly name: string
  readonly lines: LineCounter
}

const positionAt = ({ lines }: Source, offset: number): Position => {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}

const linesOf = (text: string): LineCounter => {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1)
  return lines
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

/** What the parser, or the resolution of an alias, refuses of a document. */
interface Refusal extends ParserError {
  readonly message: string
}

const refusals = (source: Source, document: Document.Parsed<ParsedNode>): readonly Refusal[] => {
  const errors = document.errors.map((error) => ({
    code: error.code,
    ...positionAt(source, error.pos[0]),
    message: syntaxMessage(error),
  }))
  // What follows on the same line is a consequence of the first.
  return errors.filter(({ line }, index) => errors.findIndex((one) => one.line === line) === index)
}

interface ReadDocument extends Parsed {
  readonly refusal?: Refusal
}

const refused = (source: Source, found: readonly Refusal[]): ReadDocument => {
  const [refusal] = found
  const errors = found.map(({ line, column, message }) => ({ source: source.name, line, column, message }))
  return { ...failed(...errors), ...(refusal === undefined ? {} : { refusal }) }
}

/** The first alias whose anchor is nowhere above it. */
const unresolvedAlias = (document: Document.Parsed<ParsedNode>): number => {
  let offset = startOf(document.contents) ?? 0
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return undefined
      offset = startOf(alias) ?? offset
      return visit.BREAK
    },
  })
  return offset
}

const faulty = (source: Source, { offset, code, message }: DocumentFault): ReadDocument =>
  refused(source, [{ code, ...positionAt(source, offset), message }])

/** `from`: where in the text the document before it ended. */
const readDocument = (
  source: Source,
  document: Document.Parsed<ParsedNode>,
  { text, from }: { readonly text: string; readonly from: number },
): ReadDocument => {
  if (document.errors.length > 0) return refused(source, refusals(source, document))
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return { objects: [], errors: [] }
  }
  try {
    const fault = findDocumentFault(text, document, from)
    if (fault !== undefined) return faulty(source, fault)
    return readObject(source, document.contents, toJson(document))
  } catch (error) {
    const message = unreadableMessage(error)
    const at = positionAt(source, unresolvedAlias(document))
    return refused(source, [{ code: 'BAD_ALIAS', ...at, message }])
  }
}

const unreadableMessage = (error: unknown): string => {
  if (error instanceof RangeError) return TOO_DEEP
  return error instanceof Error ? error.message : 'the document cannot be read'
}

const parseOnce = (text: string, sourceName: string): readonly ReadDocument[] => {
  const lines = new LineCounter()
  const source: Source = { name: sourceName, lines }
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
    merge: true,
    logLevel: 'error',
    customTags: kubernetesTags,
  })
  return Array.isArray(documents)
    ? documents.map((document, index) =>
        readDocument(source, document, { text, from: documents[index - 1]?.range[2] ?? 0 }),
      )
    : []
}

const MOST_FAULTS = 20

/** A repair is right when the text can be read further; without its tabs, a line may still be indented wrongly. */
const isProgress = (before: Refusal, after: Refusal | undefined): boolean =>
  after === undefined ||
  after.line > before.line ||
  (before.code === 'TAB_AS_INDENT' && after.code !== before.code)

const refusalOf = (documents: readonly ReadDocument[]): Refusal | undefined =>
  documents.find(({ refusal }) => refusal !== undefined)?.refusal

/** Objects of plain YAML; undefined where the full parser has something to say, or to unfold. */
const readPlain = (text: string, sourceName: string): Manifests | undefined => {
  const values = readPlainYaml(text)
  const isUsual = (value: JsonObject): boolean =>
    missingField(value) === undefined && typeof value['kind'] === 'string' && !value['kind'].endsWith('List')
  if (values === undefined || !values.every(isUsual)) return undefined
  let full: readonly ManifestObject[] | undefined
  // Most objects have nothing to be told of: their places are looked up when they are asked for.
  const placesOf = (index: number): ManifestObject | undefined => {
    full ??= parseOnce(text, sourceName).flatMap(({ objects }) => objects)
    return full[index]
  }
  const objects = values.map((value, index): ManifestObject => ({
    object: { ...value, metadata: value['metadata'] ?? {} } as unknown as KubeObject,
    source: sourceName,
    positionOf: (path) => placesOf(index)?.positionOf(path) ?? { line: 1, column: 1 },
  }))
  return { objects, errors: [] }
}

/**
 * Reads manifests. Empty documents are left out; a document with an error gives no object, the others still do.
 * Where the error can be repaired without doubt, the object is read as repaired, so that all its errors are said at once.
 * Scalars mean what they mean to kubectl (see yaml-scalars.ts).
 */
export const parseManifests = (text: string, sourceName: string): Manifests =>
  readPlain(text, sourceName) ?? parseFully(text, sourceName)

/** The documents of a text, YAML or a stream of JSON. */
const readText = (text: string, sourceName: string): readonly ReadDocument[] => {
  const control = findControlCharacter(text)
  if (control !== undefined) return [faulty({ name: sourceName, lines: linesOf(text) }, control)]
  return splitJson(text)?.flatMap((object) => parseOnce(object, sourceName)) ?? parseOnce(text, sourceName)
}

/** The same by the full parser alone. */
export const parseFully = (text: string, sourceName: string): Manifests => {
  let read = text.replace(/^\uFEFF/, '')
  let documents = readText(read, sourceName)
  const faults: ManifestError[] = []
  for (let refusal = refusalOf(documents); refusal !== undefined && faults.length < MOST_FAULTS;) {
    const fault = diagnose(read.split('\n'), refusal)
    if (fault === undefined) break
    const { line, column, message, repair } = fault
    const error = { source: sourceName, line, column, message }
    const recovery = fault.recovery ?? repair
    const repaired = recovery === undefined ? read : applyRepair(read, recovery)
    const after = repaired === read ? documents : parseOnce(repaired, sourceName)
    const next = refusalOf(after)
    const refusedAt: Refusal = refusal
    const isBetter = repaired !== read && isProgress(refusal, next)
    if (!isBetter) {
      if (repair === undefined)
        documents = documents.map((one) => (one.refusal === refusedAt ? failed(error) : one))
      break
    }
    faults.push(repair === undefined ? error : { ...error, repair })
    read = repaired
    documents = after
    refusal = next
  }
  return {
    objects: documents.flatMap(({ objects }) => objects),
    errors: [...faults, ...documents.flatMap(({ errors }) => errors)],
  }
}
