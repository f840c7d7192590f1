/** What is wrong with a document, as diagnostics, and what repairs it. */
import { DiagnosticSeverity } from 'vscode-languageserver'
import type { Diagnostic, TextEdit } from 'vscode-languageserver'
import { catalogueEntry } from '../analyze/catalogue.ts'
import type { Level } from '../analyze/catalogue/message-row.ts'
import { repairOf } from '../analyze/field-repairs.ts'
import type { Finding } from '../analyze/finding.ts'
import type { ManifestError } from '../manifests/manifest.ts'
import type { Repair } from '../manifests/repair.ts'
import { linesRange, wordRange } from './text-positions.ts'
import { valueEdit } from './value-edit.ts'

export interface QuickFix {
  readonly title: string
  readonly edit: TextEdit
}

export interface Problem {
  readonly diagnostic: Diagnostic
  readonly quickFix?: QuickFix
}

const SEVERITIES: Readonly<Record<Level, DiagnosticSeverity>> = {
  Error: DiagnosticSeverity.Error,
  Warning: DiagnosticSeverity.Warning,
  Info: DiagnosticSeverity.Information,
}

const SOURCE = 'weft'

const repairEdit = (lines: readonly string[], { firstLine, lastLine, lines: written }: Repair): TextEdit => {
  const range = linesRange(lines, firstLine, lastLine)
  const end = lastLine < lines.length && written.length > 0 ? '\n' : ''
  return { range, newText: written.join('\n') + end }
}

const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text)

const ofError = (lines: readonly string[], error: ManifestError): Problem => {
  const { level } = catalogueEntry('WFT0001')
  const { message, repair } = error
  return {
    diagnostic: {
      range: wordRange(lines, error),
      severity: SEVERITIES[level],
      source: SOURCE,
      code: 'WFT0001',
      message,
    },
    ...(repair === undefined
      ? {}
      : {
          quickFix: {
            title: `Write ${shown(repair.lines.map((line) => line.trim()).join(' ⏎ '))}`,
            edit: repairEdit(lines, repair),
          },
        }),
  }
}

const quickFixOf = (lines: readonly string[], found: Finding): QuickFix | undefined => {
  const edit = valueEdit(lines, found)
  if (edit !== undefined) return { title: `Change to ${shown(found.value ?? '')}`, edit }
  const repair = repairOf(found, lines)
  return repair === undefined
    ? undefined
    : { title: `Write ${shown((repair.lines[0] ?? '').trim())}`, edit: repairEdit(lines, repair) }
}

const ofFinding = (lines: readonly string[], found: Finding): Problem => {
  const { manifest } = found.subject
  const { documentationUrl } = catalogueEntry(found.code)
  const quickFix = quickFixOf(lines, found)
  return {
    diagnostic: {
      range: wordRange(lines, manifest.positionOf(found.field ?? [])),
      severity: SEVERITIES[found.level],
      source: SOURCE,
      code: found.code,
      ...(documentationUrl === undefined ? {} : { codeDescription: { href: documentationUrl } }),
      message: found.fix === undefined ? found.message : `${found.message}\n${found.fix}`,
    },
    ...(quickFix === undefined ? {} : { quickFix }),
  }
}

/** `findings` and `errors`: those of this text alone. */
export const problemsOf = (
  text: string,
  findings: readonly Finding[],
  errors: readonly ManifestError[],
): readonly Problem[] => {
  const lines = text.split('\n')
  return [
    ...errors.map((error) => ofError(lines, error)),
    ...findings.map((found) => ofFinding(lines, found)),
  ]
}
