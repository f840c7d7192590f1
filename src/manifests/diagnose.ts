/** Why the parser refuses a document: where the fault begins, the reason and the lines to write. */
import { scalarFault, tabFault } from './scalar-faults.ts'
import { findStructureFault } from './structure-faults.ts'
import { structureFaultText } from './structure-repairs.ts'
import type { TextFault } from './text-fault.ts'
import { readYamlLines } from './yaml-lines.ts'

export interface ParserError {
  readonly code: string
  readonly line: number
  readonly column: number
}

const isSeparator = (text: string): boolean => /^---(?:\s|$)/.test(text)

/** The lines of the document that holds a line: from index `start` up to, without, `end`. */
const documentAround = (texts: readonly string[], line: number): { start: number; end: number } => {
  let start = Math.min(line - 1, texts.length - 1)
  while (start > 0 && !isSeparator(texts[start] ?? '')) start -= 1
  const end = texts.findIndex((text, index) => index > start && index >= line && isSeparator(text))
  return { start, end: end === -1 ? texts.length : end }
}

const keyAt = (text: string): string => /^\s*(?:-\s+)*["']?(?<key>[^"':]+)/.exec(text)?.groups?.['key'] ?? ''

/** The earlier of two equal keys of one object. */
const duplicateFault = (texts: readonly string[], { line, column }: ParserError): TextFault => {
  const key = keyAt((texts[line - 1] ?? '').slice(column - 1))
  const isSame = (text: string): boolean => {
    const at = text.search(/[^\s-]/)
    return at === column - 1 && keyAt(text) === key
  }
  const earlier = texts.slice(0, line - 1).findLastIndex(isSame) + 1
  const where = earlier === 0 ? '' : `, first on line ${earlier}`
  return {
    line,
    column,
    message: `this key is written twice in the same object: \`${key}\`${where}; keep one of the two`,
  }
}

/** Undefined where only the parser can say what is wrong. */
export const diagnose = (texts: readonly string[], error: ParserError): TextFault | undefined => {
  const { start, end } = documentAround(texts, error.line)
  if (error.code === 'DUPLICATE_KEY') return duplicateFault(texts, error)
  const document = texts.slice(start, end)
  const tab = error.code === 'BAD_ALIAS' ? undefined : tabFault(document, start + 1)
  if (tab !== undefined) return tab
  const scalar = scalarFault(texts[error.line - 1] ?? '', error.line)
  if (scalar !== undefined) return scalar
  const lines = readYamlLines(document, start + 1)
  const fault = findStructureFault(lines)
  return fault === undefined ? undefined : structureFaultText({ texts, lines }, fault)
}
