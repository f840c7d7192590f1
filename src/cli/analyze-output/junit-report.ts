/** JUnit's XML: one suite per file, one failed case per finding; a file without findings has one that passed. */
import type { ManifestSource } from '../analysis/manifest-sources.ts'
import { CLUSTER } from '../analysis/cluster-source.ts'
import type { PlacedEntry } from '../analysis/report-entry.ts'

/** XML 1.0 has no place for most control characters, not even escaped. */
const escaped = (text: string): string =>
  text
    // eslint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')

const suiteName = (source: string): string => (source === CLUSTER ? 'cluster' : source)

const failedCase = ({ entry, source }: PlacedEntry): string => {
  const { code, level, origin, message, column, fix } = entry
  const reference = source === CLUSTER ? (entry.path ?? 'cluster') : `${entry.reference}:${column}`
  return [
    `    <testcase classname="${escaped(suiteName(source))}" name="${escaped(`${code} ${origin} ${reference}`)}">`,
    `      <failure type="${level}" message="${escaped(message)}">${escaped(`${reference}: ${message}; ${fix}`)}</failure>`,
    '    </testcase>',
  ].join('\n')
}

const suite = (name: string, entries: readonly PlacedEntry[]): string => {
  const cases =
    entries.length === 0
      ? [`    <testcase classname="${escaped(name)}" name="no findings"/>`]
      : entries.map(failedCase)
  const counts = `tests="${cases.length}" failures="${entries.length}" errors="0"`
  return [`  <testsuite name="${escaped(suiteName(name))}" ${counts}>`, ...cases, '  </testsuite>'].join('\n')
}

export const junitReport = (report: {
  readonly entries: readonly PlacedEntry[]
  readonly sources: readonly Pick<ManifestSource, 'name'>[]
}): string => {
  const bySource = new Map<string, PlacedEntry[]>(report.sources.map(({ name }) => [name, []]))
  for (const placed of report.entries) {
    const known = bySource.get(placed.source)
    if (known === undefined) bySource.set(placed.source, [placed])
    else known.push(placed)
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="weft analyze">',
    ...[...bySource].map(([name, entries]) => suite(name, entries)),
    '</testsuites>',
    '',
  ].join('\n')
}
