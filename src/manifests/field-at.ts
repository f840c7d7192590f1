/** What is written at a place of a text: the field, its value, and the object that has it. */
import { isMap, isNode, isPair, isScalar, isSeq, parseAllDocuments } from 'yaml'
import type { Node } from 'yaml'
import { isJsonObject } from '../primitives/json-value.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import { kubernetesTags } from './yaml-scalars.ts'

export interface FieldAt {
  /** The object of the API; an item where the document is a List. */
  readonly object: JsonObject
  readonly path: readonly (string | number)[]
  /** The key of the field, not its value. */
  readonly isKey: boolean
  /** Where the key or the value stands, as offsets in the text. */
  readonly start: number
  readonly end: number
}

interface Found {
  readonly path: readonly (string | number)[]
  readonly isKey: boolean
  readonly node: Node
}

const holds = (node: unknown, offset: number): node is Node =>
  isNode(node) && Array.isArray(node.range) && node.range[0] <= offset && offset <= node.range[1]

const find = (node: Node, offset: number, path: readonly (string | number)[]): Found | undefined => {
  if (isScalar(node)) return { path, isKey: false, node }
  if (isSeq(node)) {
    const index = node.items.findIndex((item) => holds(item, offset))
    const item = node.items[index]
    return isNode(item) ? find(item, offset, [...path, index]) : undefined
  }
  if (!isMap(node)) return undefined
  for (const pair of node.items) {
    if (!isPair(pair) || !isScalar(pair.key)) continue
    const here = [...path, String(pair.key.value)]
    if (holds(pair.key, offset)) return { path: here, isKey: true, node: pair.key }
    if (holds(pair.value, offset)) return find(pair.value, offset, here)
  }
  return undefined
}

/** Steps into the items of a List, so that the path is that of the object. */
const ofObject = (
  root: JsonObject,
  path: readonly (string | number)[],
): { readonly object: JsonObject; readonly path: readonly (string | number)[] } => {
  const [items, index, ...rest] = path
  const list: unknown = root['items']
  const item: unknown = items === 'items' && Array.isArray(list) ? list[Number(index)] : undefined
  return isJsonObject(item) ? ofObject(item, rest) : { object: root, path }
}

/** Undefined between fields, in texts that are no YAML, and where a document is no object. */
export const fieldAt = (text: string, offset: number): FieldAt | undefined => {
  const documents = parseAllDocuments(text, {
    prettyErrors: false,
    logLevel: 'silent',
    merge: true,
    customTags: kubernetesTags,
  })
  if (!Array.isArray(documents)) return undefined
  for (const document of documents) {
    const { contents } = document
    if (document.errors.length > 0 || contents === null || !holds(contents, offset)) continue
    const found = find(contents, offset, [])
    if (found === undefined) return undefined
    const root: unknown = document.toJS({ maxAliasCount: 100 })
    if (!isJsonObject(root)) return undefined
    const [start = 0, end = 0] = found.node.range ?? []
    return { ...ofObject(root, found.path), isKey: found.isKey, start, end }
  }
  return undefined
}
