/** Where a cursor stands in a manifest, told from indentation alone: the text may be broken while it is typed. */
import { flowAt } from './flow-cursor.ts'
import type { FlowPosition } from './flow-cursor.ts'
import { readYamlLines } from '../manifests/yaml-lines.ts'
import type { YamlLine } from '../manifests/yaml-lines.ts'

/** Lines and characters count from 0, as in the Language Server Protocol; characters are UTF-16 code units. */
export interface CursorPosition {
  readonly line: number
  readonly character: number
}

export interface Cursor {
  readonly apiVersion: string
  readonly kind: string
  /** The namespace that is written, else undefined. */
  readonly namespace: string | undefined
  /** The keys and indexes of the object, list or value at the cursor; of a key that is typed: of its object. */
  readonly path: readonly (string | number)[]
  /** A new key, or a value of the last key of the path. */
  readonly expects: 'key' | 'value'
  /** What is typed already, from its beginning to the cursor. */
  readonly typed: string
  /** The fields that the object at the cursor has beside, with what stands on their lines. */
  readonly siblings: ReadonlyMap<string, string>
  /** Within `{…}` or `[…]`: all stands on one line. */
  readonly isFlow: boolean
}

const SEPARATOR = /^---(?:\s|$)/

/** The lines of the document around a line. */
const documentAround = (texts: readonly string[], line: number): readonly YamlLine[] => {
  let first = line
  while (first > 0 && !SEPARATOR.test(texts[first] ?? '')) first -= 1
  let last = line + 1
  while (last < texts.length && !SEPARATOR.test(texts[last] ?? '')) last += 1
  const start = SEPARATOR.test(texts[first] ?? '') && first < line ? first + 1 : first
  return readYamlLines(texts.slice(start, last), start + 1)
}

const unquoted = (text: string): string => text.replace(/^(?<quote>["'])(?<inner>.*)\k<quote>$/, '$<inner>')

const topValue = (lines: readonly YamlLine[], key: string): string =>
  unquoted(
    lines.find((line) => line.indent === 0 && line.dashes.length === 0 && line.key === key)?.value ?? '',
  )

const namespaceOf = (lines: readonly YamlLine[]): string | undefined => {
  const start = lines.findIndex((line) => line.indent === 0 && line.key === 'metadata')
  const inline = /[{,]\s*namespace:\s+(?<name>[^\s,}]+)/.exec(lines[start]?.value ?? '')?.groups?.['name']
  if (inline !== undefined) return unquoted(inline)
  for (const line of lines.slice(start + 1)) {
    if (line.indent === 0) break
    if (line.key === 'namespace' && line.content === (lines[start + 1]?.content ?? -1))
      return unquoted(line.value)
  }
  return undefined
}

/** A place on the way down to the cursor: a key, or a dash. */
interface Step {
  readonly column: number
  readonly index: number
  readonly key?: string
}

/** The keys and dashes above a column, the nearest first: each stands further left than the one before. */
const stepsAbove = (lines: readonly YamlLine[], before: number, column: number): readonly Step[] => {
  const steps: Step[] = []
  let limit = column
  for (let index = before - 1; index >= 0; index -= 1) {
    const line = lines[index]
    if (line === undefined) continue
    if (line.key !== undefined && line.content < limit) {
      steps.push({ column: line.content, index, key: line.key })
      limit = line.content
    }
    for (const dash of line.dashes.toReversed()) {
      if (dash < limit) {
        steps.push({ column: dash, index })
        limit = dash
      }
    }
    // The items of a list may stand in the column of its key.
    if (limit === 0 && steps.at(-1)?.key !== undefined) break
  }
  return steps
}

/** How many items of the list stand before this dash. */
const itemIndex = (lines: readonly YamlLine[], dash: Step): number => {
  let count = 0
  for (let index = dash.index - 1; index >= 0; index -= 1) {
    const line = lines[index]
    if (line === undefined) continue
    if (line.dashes.includes(dash.column)) count += 1
    else if (line.indent < dash.column || (line.indent === dash.column && line.dashes.length === 0)) break
  }
  return count
}

/** Keys that open the list whose dashes stand in their own column are left out by `stepsAbove`: they are found here. */
const ownerOfDash = (lines: readonly YamlLine[], dash: Step): Step | undefined => {
  for (let index = dash.index - 1; index >= 0; index -= 1) {
    const line = lines[index]
    if (line === undefined || line.indent > dash.column) continue
    if (line.key !== undefined && line.content === dash.column && line.dashes.length === 0) {
      return { column: line.content, index, key: line.key }
    }
    if (line.dashes.includes(dash.column)) continue
    return undefined
  }
  return undefined
}

const pathOf = (lines: readonly YamlLine[], steps: readonly Step[]): readonly (string | number)[] => {
  const path: (string | number)[] = []
  for (const [index, step] of steps.entries()) {
    if (step.key === undefined) {
      const owner = ownerOfDash(lines, step)
      path.unshift(itemIndex(lines, step))
      if (owner?.key !== undefined && steps[index + 1]?.index !== owner.index) path.unshift(owner.key)
    } else path.unshift(step.key)
  }
  return path
}

/** The fields of the object whose keys stand in a column, around a line. */
const siblingsOf = (lines: readonly YamlLine[], at: number, column: number): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  const take = (line: YamlLine | undefined): boolean => {
    if (line === undefined) return false
    if (line.content === column && line.key !== undefined) found.set(line.key, unquoted(line.value))
    return true
  }
  for (let index = at - 1; index >= 0; index -= 1) {
    const line = lines[index]
    if (line === undefined || line.content < column) break
    take(line)
    if (line.content === column && line.dashes.length > 0) break
  }
  for (let index = at + 1; index < lines.length; index += 1) {
    const line = lines[index]
    if (line === undefined || line.content < column || (line.dashes.at(-1) ?? column) < column) break
    take(line)
  }
  return found
}

/** What stands on the line before the cursor: dashes, a key with its colon, a word. */
interface TypedLine {
  readonly lead: string
  readonly key: string | undefined
  readonly word: string
}

const LINE = /^(?<lead>\s*(?:-\s+)*)(?:(?<key>[^\s:#][^:#]*):(?:\s+(?<value>.*))?)?(?<word>[^\s:]*)$/

const typedLine = (before: string): TypedLine | undefined => {
  if (/(?:^|\s)#/.test(before)) return undefined
  const groups = LINE.exec(before)?.groups
  if (groups === undefined) return undefined
  const { lead = '', key, value = '', word = '' } = groups
  return { lead, key, word: key === undefined ? word : value }
}

/** The cursor between lines that are told apart by indentation. */
const blockCursor = (text: string, { line, character }: CursorPosition): Cursor | undefined => {
  const texts = text.split(/\r?\n/)
  const before = (texts[line] ?? '').slice(0, character)
  const typed = typedLine(before)
  if (typed === undefined) return undefined
  const { lead, key, word } = typed
  // Read without the line itself: half of a key is no key.
  const others = documentAround(
    texts.map((one, index) => (index === line ? '' : one)),
    line,
  )
  const at = others.findIndex((one) => one.number > line + 1)
  const index = at === -1 ? others.length : at
  const own = readYamlLines([`${before}${key === undefined ? 'x:' : ''}`], line + 1)
  const lines = [...others.slice(0, index), ...own, ...others.slice(index)]
  const path = pathOf(lines, stepsAbove(lines, index + own.length, lead.length))
  return {
    apiVersion: topValue(lines, 'apiVersion'),
    kind: topValue(lines, 'kind'),
    namespace: namespaceOf(lines),
    ...(key === undefined
      ? { path, expects: 'key' as const }
      : { path: [...path, unquoted(key)], expects: 'value' as const }),
    typed: word,
    siblings: siblingsOf(lines, index, lead.length),
    isFlow: false,
  }
}

const offsetIn = (text: string, { line, character }: CursorPosition): number => {
  let start = 0
  for (let count = 0; count < line; count += 1) {
    const end = text.indexOf('\n', start)
    if (end === -1) return text.length
    start = end + 1
  }
  return start + character
}

const positionIn = (text: string, offset: number): CursorPosition => {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 }
}

/** The brackets start where a value stands: the path goes on from there. */
const withinFlow = (base: Cursor, { frames, typed }: FlowPosition): Cursor => {
  const inner = frames.at(-1)
  const steps = frames.flatMap((frame): readonly (string | number)[] => {
    if (frame.kind === 'list') return [frame.index]
    return frame.key === undefined ? [] : [frame.key]
  })
  const isKey = inner?.kind === 'map' && inner.key === undefined
  return {
    ...base,
    path: [...base.path, ...steps],
    expects: isKey ? 'key' : 'value',
    typed,
    siblings: new Map([...(inner?.fields ?? [])].filter(([field]) => field !== inner?.key)),
    isFlow: true,
  }
}

/** The cursor in a text; undefined inside of comments and of block texts. */
export const cursorAt = (text: string, position: CursorPosition): Cursor | undefined => {
  const flow = flowAt(text, offsetIn(text, position))
  if (flow === undefined) return blockCursor(text, position)
  const base = blockCursor(text, positionIn(text, flow.start))
  return base === undefined ? undefined : withinFlow(base, flow)
}
