/** Where the indentation of a text goes wrong: the first line that fits nothing above it. */
import type { YamlLine } from './yaml-lines.ts'

/** Indexes count in the lines that were looked at. */
export type StructureFault =
  /** The fields below `key` stand without a dash, the items after them have one. */
  | { readonly type: 'map-before-items'; readonly key: number; readonly dash: number }
  /** A field stands below the dash of its item, not beside its neighbours. */
  | { readonly type: 'field-beside-dash'; readonly line: number; readonly to: number }
  /** A line is indented below a field that has a value already. */
  | { readonly type: 'below-value'; readonly line: number; readonly above: number; readonly to: number }
  /** A line is indented like none above it. */
  | { readonly type: 'misaligned'; readonly line: number; readonly to: number }

interface Level {
  readonly indent: number
  readonly isList: boolean
  /** The last line that wrote a field or a dash here. */
  last: number
  /** That line has no value of its own: what is indented below it belongs to it. */
  isOpen: boolean
}

const isNode = ({ key, dashes }: YamlLine): boolean => key !== undefined || dashes.length > 0

/** Adds what one line opens: a list for each dash, and an object for its key. */
const push = (levels: Level[], line: YamlLine, index: number): void => {
  for (const [at, indent] of line.dashes.entries()) {
    const top = levels.at(-1)
    const isEmpty = at === line.dashes.length - 1 && line.key === undefined && line.value === ''
    if (top?.isList === true && top.indent === indent) {
      top.last = index
      top.isOpen = isEmpty
    } else levels.push({ indent, isList: true, last: index, isOpen: isEmpty })
  }
  if (line.key === undefined) return
  const top = levels.at(-1)
  const isOpen = line.value === '' || /^[&!]\S*$/.test(line.value)
  if (top !== undefined && !top.isList && top.indent === line.content) {
    top.last = index
    top.isOpen = isOpen
  } else levels.push({ indent: line.content, isList: false, last: index, isOpen })
}

/** A dash that stands deeper than the key above it, and less deep than the fields that it has. */
const itemFault = (lines: readonly YamlLine[], top: Level, index: number): StructureFault | undefined => {
  const key = lines[top.last]
  return top.isList || key?.value !== '' || !top.isOpen
    ? undefined
    : { type: 'map-before-items', key: top.last, dash: index }
}

const nearest = (indent: number, ...candidates: readonly number[]): number =>
  candidates.reduce((best, one) => (Math.abs(one - indent) < Math.abs(best - indent) ? one : best))

interface Surroundings {
  readonly top: Level
  /** The least indented level that the line left. */
  readonly popped: Level | undefined
  readonly below: Level | undefined
}

/** What is wrong with a line that is indented deeper than the level it belongs to. */
const deeperFault = (
  lines: readonly YamlLine[],
  { top, popped }: Surroundings,
  index: number,
): StructureFault | undefined => {
  const line = lines[index]
  const isItem = (line?.dashes.length ?? 0) > 0
  if (popped === undefined) {
    const to = top.indent
    return top.isOpen || isItem ? undefined : { type: 'below-value', line: index, above: top.last, to }
  }
  const item = isItem && !popped.isList ? itemFault(lines, top, index) : undefined
  const indent = line?.indent ?? 0
  return item ?? { type: 'misaligned', line: index, to: nearest(indent, popped.indent, top.indent) }
}

const faultOf = (
  lines: readonly YamlLine[],
  surroundings: Surroundings,
  index: number,
): StructureFault | undefined => {
  const { top, popped, below } = surroundings
  const line = lines[index]
  if (line === undefined || !isNode(line)) return undefined
  if (top.indent < line.indent) return deeperFault(lines, surroundings, index)
  const isItem = line.dashes.length > 0
  if (top.isList && !isItem && below?.indent !== top.indent) {
    return { type: 'field-beside-dash', line: index, to: lines[top.last]?.content ?? line.indent + 2 }
  }
  return !isItem || top.isList || popped === undefined ? undefined : itemFault(lines, top, index)
}

/** The first fault in the structure; undefined when indentation shows none. */
export const findStructureFault = (lines: readonly YamlLine[]): StructureFault | undefined => {
  const levels: Level[] = []
  for (const [index, line] of lines.entries()) {
    let popped: Level | undefined
    for (let top = levels.at(-1); top !== undefined && top.indent > line.indent; top = levels.at(-1))
      popped = levels.pop()
    const top = levels.at(-1)
    const below = levels.at(-2)
    const fault = top === undefined ? undefined : faultOf(lines, { top, popped, below }, index)
    if (fault !== undefined) return fault
    // A field after a list that stands at the indentation of its key: the list has ended.
    if (top?.isList === true && top.indent === line.indent && line.dashes.length === 0) levels.pop()
    push(levels, line, index)
  }
  return undefined
}

/** The keys of an object whose fields begin at `indent`, from the line `start` to `end`. */
export const keysOfBlock = (lines: readonly YamlLine[], start: number, end: number): readonly string[] => {
  const indent = lines[start]?.content
  return lines
    .slice(start, end)
    .flatMap(({ key, content }) => (key !== undefined && content === indent ? [key] : []))
}
