/** A report for people: each entry with its line of the file, the place marked, and what to do. */
import type { Repair } from '../../manifests/repair.ts'
import type { Level } from '../../analyze/catalogue/message-row.ts'
import { CLUSTER } from '../analysis/cluster-source.ts'
import type { PlacedEntry } from '../analysis/report-entry.ts'
import type { Report } from './report.ts'

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

/** SGR sequences (ECMA-48): red, yellow, blue. */
const COLORS: Readonly<Record<Level, string>> = { Error: '31', Warning: '33', Info: '34' }

const colored = (text: string, color: string | undefined): string =>
  color === undefined ? text : `\u001B[${color}m${text}\u001B[0m`

/** `Error [IST0101] (Gateway default/web gateway.yaml:9:5) Referenced selector not found: "app=web"` and below. */
const textEntry = (
  { entry, source, line, repair }: PlacedEntry,
  text: string | undefined,
  color: boolean,
): string => {
  const { level, code, origin, column, message, fix } = entry
  const { path } = entry
  const file = source === CLUSTER ? (path ?? '') : `${source}:${line}:${column}`
  const place = [...(origin === source ? [] : [origin]), ...(file === '' ? [] : [file])].join(' ')
  return [
    `${colored(level, color ? COLORS[level] : undefined)} [${code}] (${place}) ${message}\n`,
    excerpt(text, line, column),
    `  fix: ${fix}\n`,
    ...(repair === undefined ? [] : [linesToWrite(repair)]),
  ].join('')
}

export const textReport = ({ entries, sources, color, nothingFound }: Omit<Report, 'version'>): string => {
  if (entries.length === 0) return `${colored('✔', color ? '32' : undefined)} ${nothingFound}\n`
  const texts = new Map(sources.map(({ name, text }) => [name, text]))
  return entries.map((entry) => textEntry(entry, texts.get(entry.source), color)).join('')
}
