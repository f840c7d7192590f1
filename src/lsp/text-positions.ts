/** Places in texts: the Language Server Protocol counts lines and UTF-16 code units from 0, manifests from 1. */
import type { Position as ManifestPosition } from '../manifests/manifest.ts'
import type { Position, Range } from 'vscode-languageserver'

export const offsetOf = (text: string, { line, character }: Position): number => {
  let start = 0
  for (let count = 0; count < line; count += 1) {
    const end = text.indexOf('\n', start)
    if (end === -1) return text.length
    start = end + 1
  }
  return Math.min(start + character, text.length)
}

export const positionOf = (text: string, offset: number): Position => {
  const before = text.slice(0, offset)
  const start = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length - 1, character: offset - start }
}

/** The word that begins at a place of a manifest. */
export const wordRange = (lines: readonly string[], { line, column }: ManifestPosition): Range => {
  const text = (lines[line - 1] ?? '').replace(/\r$/, '')
  const word = /^[^\s:,\]}]+/.exec(text.slice(column - 1))?.[0] ?? ''
  const start = { line: line - 1, character: column - 1 }
  return { start, end: { line: line - 1, character: column - 1 + Math.max(word.length, 1) } }
}

/** Whole lines, counted from 1, with their ends; behind the last line there is no further one. */
export const linesRange = (lines: readonly string[], first: number, last: number): Range => ({
  start: { line: first - 1, character: 0 },
  end:
    last < lines.length
      ? { line: last, character: 0 }
      : { line: last - 1, character: (lines[last - 1] ?? '').length },
})

export const overlaps = (left: Range, right: Range): boolean =>
  left.start.line <= right.end.line && right.start.line <= left.end.line
