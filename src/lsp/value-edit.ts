/** The edit that writes another value at the field of a finding. */
import type { TextEdit } from 'vscode-languageserver'
import type { Finding } from '../analyze/finding.ts'

const SCALAR = String.raw`(?:"[^"]*"|'[^']*'|[^\s,\]}#][^,\]}#]*?)`
const END = String.raw`(?=\s*(?:[,\]}#]|\r?$))`

/** After a key and its colon, or the item of a list itself. */
const AFTER_KEY = new RegExp(
  String.raw`^(?<lead>(?:"[^"]*"|'[^']*'|[^\s:]+)\s*:\s+)(?<value>${SCALAR})${END}`,
)
const ITEM = new RegExp(String.raw`^(?<lead>)(?<value>${SCALAR})${END}`)

const quotedLike = (written: string, value: string): string => {
  const [first] = written
  return first === '"' || first === "'" ? `${first}${value}${first}` : value
}

/** Undefined where the finding knows no value, or the value does not stand on one line with its key. */
export const valueEdit = (lines: readonly string[], found: Finding): TextEdit | undefined => {
  const { value, field } = found
  if (value === undefined || field === undefined) return undefined
  const { line, column } = found.subject.manifest.positionOf(field)
  const rest = (lines[line - 1] ?? '').slice(column - 1)
  const match = (/\[\d+\]$/.test(field) ? ITEM : AFTER_KEY).exec(rest)?.groups
  if (match === undefined) return undefined
  const { lead = '', value: written = '' } = match
  const start = column - 1 + lead.length
  return {
    range: {
      start: { line: line - 1, character: start },
      end: { line: line - 1, character: start + written.length },
    },
    newText: quotedLike(written, value),
  }
}
