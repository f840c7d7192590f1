/** A report for people: each entry with its line of the file, the place marked, and what to do. */
import type { Repair } from '../../manifests/repair.ts'
import type { PlacedEntry } from './report-entry.ts'

const LONGEST_LINE = 160

/** The line with `^` below the word that begins at the column; empty when the source has no such line. */
const excerpt = (text: string | undefined, line: number, column: number): string => {
  const written = text?.split('\n')[line - 1]
  if (written === undefined || written.trim() === '' || written.length > LONGEST_LINE) return ''
  const shown = written.replaceAll('\t', ' ').trimEnd()
  const word = /^[^\s:,\]}]+/.exec(shown.slice(column - 1))?.[0] ?? ''
  const gutter = String(line)
  return [
    `  ${gutter} | ${shown}`,
    `  ${' '.repeat(gutter.length)} | ${' '.repeat(column - 1)}${'^'.repeat(Math.max(word.length, 1))}`,
    '',
  ].join('\n')
}

const linesToWrite = ({ firstLine, lastLine, lines }: Repair): string =>
  [
    `  write instead of ${firstLine === lastLine ? `line ${firstLine}` : `lines ${firstLine} to ${lastLine}`}:`,
    ...lines.map((line) => `    ${line}`),
    '',
  ].join('\n')

/** `Error [IST0101] (Gateway default/web gateway.yaml:9:5) Referenced selector not found: "app=web"` and below. */
export const textEntry = (
  { entry, source, line, repair }: PlacedEntry,
  texts: ReadonlyMap<string, string>,
): string => {
  const { level, code, origin, column, message, fix } = entry
  const place = origin === source ? '' : `${origin} `
  return [
    `${level} [${code}] (${place}${source}:${line}:${column}) ${message}\n`,
    excerpt(texts.get(source), line, column),
    `  fix: ${fix}\n`,
    ...(repair === undefined ? [] : [linesToWrite(repair)]),
  ].join('')
}
