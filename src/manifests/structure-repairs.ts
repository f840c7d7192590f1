/** Faults of indentation in words, with the lines to write. */
import { shifted } from './repair.ts'
import type { Repair } from './repair.ts'
import { keysOfBlock } from './structure-faults.ts'
import type { StructureFault } from './structure-faults.ts'
import type { TextFault } from './text-fault.ts'
import { endOfBlock } from './yaml-lines.ts'
import type { YamlLine } from './yaml-lines.ts'

export interface FaultyText {
  /** All lines of the text. */
  readonly texts: readonly string[]
  /** Those of one document that tell its structure. */
  readonly lines: readonly YamlLine[]
}

const nameOf = (line: YamlLine | undefined): string => `\`${line?.key ?? line?.value ?? ''}\``

const placeOf = (line: YamlLine | undefined): { line: number; column: number } => ({
  line: line?.number ?? 1,
  column: (line?.content ?? 0) + 1,
})

/** The last line of the block of the line at `index`, in the whole text. */
const lastLineOf = ({ texts, lines }: FaultyText, end: number): number =>
  lines[end] === undefined ? (lines.at(-1)?.number ?? texts.length) : (lines[end - 1]?.number ?? 1)

const slice = ({ texts }: FaultyText, first: number, last: number): readonly string[] =>
  texts.slice(first - 1, last).map((text) => text.replace(/\r$/, ''))

/** A list of one plain entry on the line of its key: `hosts: ["*"]`. */
const compacted = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line, index) => {
    const next = lines[index + 1]
    const entryOf = (text: string | undefined): string | undefined =>
      text === undefined ? undefined : /^\s*-\s+("[^"]*"|'[^']*'|[A-Za-z][\w./-]*)$/.exec(text)?.[1]
    if (
      /^\s*(?:- )?[\w-]+:$/.test(line) &&
      entryOf(next) !== undefined &&
      entryOf(lines[index + 2]) === undefined
    ) {
      return [`${line} [${entryOf(next) ?? ''}]`]
    }
    const before = lines[index - 1]
    const isTaken =
      entryOf(line) !== undefined &&
      before !== undefined &&
      /^\s*(?:- )?[\w-]+:$/.test(before) &&
      entryOf(next) === undefined
    return isTaken ? [] : [line]
  })

const missingDash = (text: FaultyText, keyIndex: number, dashIndex: number): TextFault => {
  const { lines } = text
  const [key, first, dash] = [lines[keyIndex], lines[keyIndex + 1], lines[dashIndex]]
  const column = dash?.indent ?? 0
  const itemEnd = endOfBlock(lines, dashIndex, column)
  const fields = keysOfBlock(lines, keyIndex + 1, dashIndex)
  const itemFields = keysOfBlock(lines, dashIndex, itemEnd)
  // Fields that do not repeat belong to one item: the dash stands before the wrong one of them.
  const isOneItem = itemFields.length > 0 && !itemFields.some((field) => fields.includes(field))
  const start = first?.number ?? 1
  const dashLine = dash?.number ?? start
  const moved = slice(text, start, dashLine - 1).map((line, index) =>
    index === 0
      ? `${' '.repeat(column)}- ${line.trimStart()}`
      : shifted(line, column + 2 - (first?.indent ?? 0)),
  )
  const last = isOneItem ? lastLineOf(text, itemEnd) : dashLine - 1
  const joined = slice(text, dashLine, last).map((line, index) =>
    index === 0
      ? `${' '.repeat(column + 2)}${line.slice(dash?.content ?? 0)}`
      : shifted(line, column + 2 - (dash?.content ?? 0)),
  )
  const recovery: Repair = { firstLine: start, lastLine: last, lines: [...moved, ...joined] }
  return {
    ...placeOf(key),
    message: `${nameOf(key)} must be a list, but line ${start} begins an object below it and line ${dashLine} an item; put the dash before ${nameOf(first)}`,
    repair: { ...recovery, lines: compacted(recovery.lines) },
    recovery,
  }
}

/** The block of a line moved to another column. */
const moveBlock = (text: FaultyText, index: number, to: number): Repair => {
  const line = text.lines[index]
  const indent = line?.indent ?? 0
  const firstLine = line?.number ?? 1
  const lastLine = lastLineOf(text, endOfBlock(text.lines, index, indent))
  return {
    firstLine,
    lastLine,
    lines: slice(text, firstLine, lastLine).map((one) => shifted(one, to - indent)),
  }
}

export const structureFaultText = (text: FaultyText, fault: StructureFault): TextFault => {
  const { lines } = text
  if (fault.type === 'map-before-items') return missingDash(text, fault.key, fault.dash)
  const line = lines[fault.line]
  const repair = moveBlock(text, fault.line, fault.to)
  const place = placeOf(line)
  switch (fault.type) {
    case 'field-beside-dash':
      return {
        ...place,
        message: `${nameOf(line)} stands where a dash is expected; indent it by ${fault.to} spaces like the other fields of its item`,
        repair,
      }
    case 'below-value': {
      const above = lines[fault.above]
      return {
        ...place,
        message: `${nameOf(line)} is indented below ${nameOf(above)}, which has a value already; indent it by ${fault.to} spaces like ${nameOf(above)}`,
        repair,
      }
    }
    case 'misaligned':
      return {
        ...place,
        message: `${nameOf(line)} is indented by ${line?.indent ?? 0} spaces, unlike anything above it; indent it by ${fault.to}`,
        repair,
      }
  }
}
