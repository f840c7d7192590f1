/** Repairs of text: lines that stand instead of others. */

export interface Repair {
  /** The first and the last line that are replaced, counted from 1. */
  readonly firstLine: number
  readonly lastLine: number
  /** The lines to write instead; none removes them. */
  readonly lines: readonly string[]
}

/** The text with the lines replaced; the ends of the other lines stay as they are. */
export const applyRepair = (text: string, { firstLine, lastLine, lines }: Repair): string => {
  const all = text.split('\n')
  const carriage = (all[firstLine - 1] ?? '').endsWith('\r') ? '\r' : ''
  all.splice(firstLine - 1, lastLine - firstLine + 1, ...lines.map((line) => line + carriage))
  return all.join('\n')
}

/** A line moved to the right by so many columns, or to the left when negative; blank ones stay. */
export const shifted = (text: string, columns: number): string => {
  if (text.trim() === '') return text
  return columns < 0
    ? text.slice(Math.min(-columns, text.length - text.trimStart().length))
    : ' '.repeat(columns) + text
}
