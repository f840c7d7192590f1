/**
 * Reads the plain part of YAML that manifests are mostly written in, several times as fast as the full parser: block maps
 * and lists, values on one line. All else is left to the full parser, which also tells places and errors.
 */
import { isJsonObject } from '../primitives/json-value.ts'
import type { JsonObject, JsonValue } from '../primitives/json-value.ts'
import { NOT_PLAIN, keyOf, lineValue } from './plain-scalars.ts'
import type { Plain } from './plain-scalars.ts'

interface Line {
  readonly indent: number
  readonly text: string
}

/** What the plain part has no room for: tabs, carriage returns, marks, unprintable characters. */
// eslint-disable-next-line no-control-regex -- those of YAML 1.2, section 5.1.
const UNUSUAL = /[\u0000-\u0009\u000B-\u001F\u007F-\u00A0\u2028\u2029\uD800-\uDFFF\uFEFF\uFFFE\uFFFF]/

const MOST_DEPTH = 100

/** One document: its lines, and where the reading stands. */
interface Reader {
  readonly lines: Line[]
  at: number
}

const isItem = ({ text }: Line): boolean => text.startsWith('- ') || text === '-'

/** What stands below a key or a dash: something deeper, for a key also a list in its own column, else null. */
const below = (reader: Reader, indent: number, depth: number, isKey: boolean): Plain<JsonValue> => {
  const next = reader.lines[reader.at]
  if (next === undefined || next.indent < indent) return null
  if (next.indent > indent) return readBlock(reader, next.indent, depth + 1)
  return isKey && isItem(next) ? readList(reader, indent, depth + 1) : null
}

const readMap = (reader: Reader, indent: number, depth: number): Plain<JsonObject> => {
  const map: Record<string, JsonValue> = {}
  for (
    let line = reader.lines[reader.at];
    line !== undefined && line.indent >= indent;
    line = reader.lines[reader.at]
  ) {
    const key = line.indent > indent || isItem(line) ? undefined : keyOf(line.text)
    if (key === undefined || Object.hasOwn(map, key.key)) return NOT_PLAIN
    reader.at += 1
    const written = lineValue(line.text.slice(key.end))
    const value = written === undefined ? below(reader, indent, depth, true) : written
    if (value === NOT_PLAIN) return NOT_PLAIN
    map[key.key] = value
  }
  return map
}

const readItem = (reader: Reader, { indent, text }: Line, depth: number): Plain<JsonValue> => {
  const rest = text.slice(1).trimStart()
  const inner = { indent: indent + text.length - rest.length, text: rest }
  if (rest !== '' && (isItem(inner) || keyOf(rest) !== undefined)) {
    reader.lines[reader.at] = inner
    return readBlock(reader, inner.indent, depth + 1)
  }
  reader.at += 1
  const written = lineValue(rest)
  return written === undefined ? below(reader, indent, depth, false) : written
}

const readList = (reader: Reader, indent: number, depth: number): Plain<readonly JsonValue[]> => {
  const list: JsonValue[] = []
  for (
    let line = reader.lines[reader.at];
    line !== undefined && line.indent >= indent;
    line = reader.lines[reader.at]
  ) {
    if (line.indent > indent) return NOT_PLAIN
    // A list in the column of its key ends with the next key.
    if (!isItem(line)) return list
    const item = readItem(reader, line, depth)
    if (item === NOT_PLAIN) return NOT_PLAIN
    list.push(item)
  }
  return list
}

const readBlock = (reader: Reader, indent: number, depth: number): Plain<JsonValue> => {
  const line = reader.lines[reader.at]
  if (line === undefined || depth > MOST_DEPTH) return NOT_PLAIN
  return isItem(line) ? readList(reader, indent, depth) : readMap(reader, indent, depth)
}

const readDocument = (lines: Line[]): JsonObject | undefined => {
  const reader = { lines, at: 0 }
  const value = readBlock(reader, lines[0]?.indent ?? 0, 0)
  return value !== NOT_PLAIN && reader.at === lines.length && isJsonObject(value) ? value : undefined
}

const indentOf = (text: string): number => {
  let indent = 0
  while (text.codePointAt(indent) === 32) indent += 1
  return indent
}

/** The documents of a text, each an object; undefined where anything in it is not plain. */
export const readPlainYaml = (text: string): readonly JsonObject[] | undefined => {
  if (UNUSUAL.test(text)) return undefined
  const documents: Line[][] = [[]]
  for (const line of text.split('\n')) {
    if (line.startsWith('---')) {
      if (line.trimEnd() !== '---') return undefined
      documents.push([])
      continue
    }
    if (line.startsWith('...') || line.startsWith('%')) return undefined
    const indent = indentOf(line)
    const content = line.slice(indent).trimEnd()
    if (content !== '' && !content.startsWith('#')) documents.at(-1)?.push({ indent, text: content })
  }
  const read: JsonObject[] = []
  for (const lines of documents) {
    if (lines.length === 0) continue
    const object = readDocument(lines)
    if (object === undefined) return undefined
    read.push(object)
  }
  return read
}
