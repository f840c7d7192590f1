/** SARIF 2.1.0 (OASIS), as code scanning and editors read it. */
import { findCatalogueEntry } from '../../analyze/catalogue.ts'
import type { Level } from '../../analyze/catalogue/message-row.ts'
import { CLUSTER } from '../analysis/cluster-source.ts'
import type { PlacedEntry } from '../analysis/report-entry.ts'

const LEVELS: Readonly<Record<Level, string>> = { Error: 'error', Warning: 'warning', Info: 'note' }

const rule = (code: string): object => {
  const entry = findCatalogueEntry(code)
  if (entry === undefined) return { id: code }
  return {
    id: code,
    name: entry.name,
    shortDescription: { text: entry.description },
    help: { text: entry.remedy },
    ...(entry.documentationUrl === undefined ? {} : { helpUri: entry.documentationUrl }),
    defaultConfiguration: { level: LEVELS[entry.level] },
  }
}

/** SARIF names files by URI: every part of a path is escaped, the slashes stay. */
const uriOf = (source: string): string =>
  source === '-' ? 'stdin' : source.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')

const result = ({ entry, source, line, repair }: PlacedEntry, codes: readonly string[]): object => {
  const artifactLocation = { uri: uriOf(source) }
  return {
    ruleId: entry.code,
    ruleIndex: codes.indexOf(entry.code),
    level: LEVELS[entry.level],
    message: { text: `${entry.message}\n${entry.fix}` },
    locations: [
      {
        ...(source === CLUSTER
          ? {}
          : {
              physicalLocation: { artifactLocation, region: { startLine: line, startColumn: entry.column } },
            }),
        logicalLocations: [{ fullyQualifiedName: entry.origin }],
      },
    ],
    ...(repair === undefined
      ? {}
      : {
          fixes: [
            {
              description: { text: entry.fix },
              artifactChanges: [
                {
                  artifactLocation,
                  replacements: [
                    {
                      deletedRegion: {
                        startLine: repair.firstLine,
                        startColumn: 1,
                        endLine: repair.lastLine + 1,
                        endColumn: 1,
                      },
                      insertedContent: { text: repair.lines.map((text) => `${text}\n`).join('') },
                    },
                  ],
                },
              ],
            },
          ],
        }),
  }
}

export const sarifReport = (report: {
  readonly entries: readonly PlacedEntry[]
  readonly version: string
}): string => {
  const codes = [...new Set(report.entries.map(({ entry }) => entry.code))].sort()
  const driver = { name: 'weft', version: report.version, rules: codes.map(rule) }
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver },
        columnKind: 'utf16CodeUnits',
        results: report.entries.map((one) => result(one, codes)),
      },
    ],
  }
  return `${JSON.stringify(log, undefined, 2)}\n`
}
