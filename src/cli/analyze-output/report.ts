/** What a report is made of. */
import type { ManifestSource } from '../analysis/manifest-sources.ts'
import type { PlacedEntry } from '../analysis/report-entry.ts'

export interface Report {
  readonly entries: readonly PlacedEntry[]
  readonly sources: readonly ManifestSource[]
  /** The version of this program. */
  readonly version: string
  /** Escape sequences for a terminal, in text alone. */
  readonly color: boolean
  /** What is said where there are no findings, e.g. `No validation issues found when analyzing app.yaml.` */
  readonly nothingFound: string
}
