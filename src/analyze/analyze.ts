/** Runs the analyzers over a set of objects: ordered findings, each said once, without those that are suppressed. */
import { allAnalyzers } from './all-analyzers.ts'
import type { Analyzer } from './analyzer.ts'
import type { Level } from './catalogue/message-row.ts'
import { originOf } from './finding.ts'
import type { Finding } from './finding.ts'
import type { AnalysisObject, ObjectSet } from './object-set.ts'
import { isSuppressed } from './suppression.ts'
import type { Suppression } from './suppression.ts'

const RANKS: Readonly<Record<Level, number>> = { Error: 0, Warning: 1, Info: 2 }

/** True when `level` is `limit` or worse. */
export const isAtLeast = (level: Level, limit: Level): boolean => RANKS[level] <= RANKS[limit]

const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** Istio's order: level, code, object, text. */
const compareFindings = (left: Finding, right: Finding): number =>
  RANKS[left.level] - RANKS[right.level] ||
  compareText(left.code, right.code) ||
  compareText(originOf(left.subject), originOf(right.subject)) ||
  compareText(left.message, right.message) ||
  compareText(left.field ?? '', right.field ?? '')

const isRepeated = (one: Finding, other: Finding | undefined): boolean =>
  other !== undefined &&
  one.code === other.code &&
  one.subject === other.subject &&
  one.message === other.message &&
  one.field === other.field

/** True for a place within a refused value, and for the map that has it. */
const isWithin = (refused: string, field: string): boolean =>
  field === refused ||
  field.startsWith(`${refused}.`) ||
  field.startsWith(`${refused}[`) ||
  refused.startsWith(`${field}[`)

const SCHEMA_CODES: ReadonlySet<string> = new Set(['WFT0002', 'IST0106'])

/** What is said of a value that the API server refuses already follows from that. */
const withoutConsequences = (findings: readonly Finding[]): readonly Finding[] => {
  const refused = findings.filter(({ isUnreadable }) => isUnreadable === true)
  if (refused.length === 0) return findings
  const fields = new Map<AnalysisObject, string[]>()
  for (const { subject, field = '' } of refused) {
    fields.set(subject, [...(fields.get(subject) ?? []), field])
  }
  const isConsequence = ({ subject, field = '' }: Finding): boolean =>
    (fields.get(subject) ?? []).some((refusedField) => isWithin(refusedField, field))
  return findings.filter((found) => SCHEMA_CODES.has(found.code) || !isConsequence(found))
}

/** All findings about a set, the worst first. Pure; never throws, whatever the objects look like. */
export const analyze = (
  set: ObjectSet,
  suppressions: readonly Suppression[] = [],
  analyzers: readonly Analyzer[] = allAnalyzers,
): readonly Finding[] =>
  withoutConsequences(analyzers.flatMap((analyzer) => analyzer.analyze(set)))
    .filter((found) => !isSuppressed(found, suppressions))
    .sort(compareFindings)
    .filter((found, index, sorted) => !isRepeated(found, sorted[index - 1]))
