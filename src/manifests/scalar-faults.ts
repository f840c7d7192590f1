/** Single lines that are no YAML: tabs, a missing space, values that need quotes. */
import type { Repair } from './repair.ts'
import type { TextFault } from './text-fault.ts'

const replaced = (line: number, text: string): Repair => ({ firstLine: line, lastLine: line, lines: [text] })

/** Tabs that indent: every such line of the document is one fault, repaired together. */
export const tabFault = (texts: readonly string[], firstLine: number): TextFault | undefined => {
  const isTabbed = (text: string): boolean => /^\s*\t/.test(text) && text.trim() !== ''
  const first = texts.findIndex(isTabbed)
  if (first === -1) return undefined
  const last = texts.findLastIndex(isTabbed)
  const lines = texts
    .slice(first, last + 1)
    .map((text) => text.replace(/\r$/, '').replace(/^\s+/, (space) => space.replaceAll('\t', '  ')))
  return {
    line: firstLine + first,
    column: (texts[first] ?? '').indexOf('\t') + 1,
    message: 'a tab indents this line; YAML indents with spaces: write two spaces instead',
    repair: { firstLine: firstLine + first, lastLine: firstLine + last, lines },
  }
}

/** `Key: value` with the value that has to be quoted, or an item of a list. */
const VALUE = /^(?<before>\s*(?:-\s+)*(?:[\w./-]+:\s+)?)(?<value>\S.*?)\s*$/

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`

const reasonToQuote = (value: string): string | undefined => {
  if (value.startsWith('{{'))
    return 'this is a template, not a value; render it first (helm template), or put it in quotes'
  if (value.startsWith('*')) return 'an unquoted * begins an alias in YAML; put the value in quotes'
  if (/^[@`%]/.test(value)) return `an unquoted value cannot begin with ${value[0] ?? ''}; put it in quotes`
  return /^[^"'[{&!|>]*[^"'[{&!|>\s]:\s/.test(value)
    ? 'the value has ": " in it, which begins another field; put the value in quotes'
    : undefined
}

/** What is wrong with one line, without looking at its neighbours. */
export const scalarFault = (text: string, line: number): TextFault | undefined => {
  const written = text.replace(/\r$/, '')
  const glued = /^(?<before>\s*(?:-\s+)*)(?<key>[A-Za-z][\w.-]*):(?<value>[^\s:/][^:]*)$/.exec(
    written,
  )?.groups
  if (glued !== undefined) {
    const { before = '', key = '', value = '' } = glued
    return {
      line,
      column: before.length + 1,
      message: `a space is missing after the colon of \`${key}\``,
      repair: replaced(line, `${before}${key}: ${value}`),
    }
  }
  const { before = '', value = '' } = VALUE.exec(written)?.groups ?? {}
  const reason = reasonToQuote(value)
  if (reason === undefined || (before.trim() === '' && !value.startsWith('*'))) return undefined
  const isTemplate = value.startsWith('{{')
  return {
    line,
    column: before.length + 1,
    message: reason,
    ...(isTemplate ? {} : { repair: replaced(line, `${before}${quoted(value)}`) }),
  }
}
