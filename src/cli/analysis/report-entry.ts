/** One line of a report: a finding or a manifest error, with istioctl's fields and what we know beyond them. */
import { catalogueEntry } from '../../analyze/catalogue.ts'
import type { Level } from '../../analyze/catalogue/message-row.ts'
import { originOf } from '../../analyze/finding.ts'
import type { Finding } from '../../analyze/finding.ts'
import { renamedField } from '../../analyze/renamed-fields.ts'
import { CLUSTER } from './cluster-source.ts'
import type { ManifestError } from '../../manifests/manifest.ts'
import type { Repair } from '../../manifests/repair.ts'

export interface ReportEntry {
  readonly code: string
  readonly level: Level
  /** `Kind namespace/name`; the file for text that is no object. */
  readonly origin: string
  readonly message: string
  /** `file:line`; empty for objects of a cluster, which have no file. */
  readonly reference: string
  readonly documentationUrl?: string
  readonly column: number
  /** The field, e.g. `spec.http[0].route[0].destination.host`. */
  readonly path?: string
  /** What to do about it. */
  readonly fix: string
}

/** Where an entry points to, for the excerpt. */
export interface PlacedEntry {
  readonly entry: ReportEntry
  readonly source: string
  readonly line: number
  /** The lines to write instead, where they are known. */
  readonly repair?: Repair
}

export const entryOfFinding = (found: Finding): PlacedEntry => {
  const { manifest } = found.subject
  const { line, column } = manifest.positionOf(found.field ?? [])
  const { documentationUrl, remedy } = catalogueEntry(found.code)
  return {
    source: manifest.source,
    line,
    entry: {
      code: found.code,
      level: found.level,
      origin: originOf(found.subject),
      message: found.message,
      reference: manifest.source === CLUSTER ? '' : `${manifest.source}:${line}`,
      ...(documentationUrl === undefined ? {} : { documentationUrl }),
      column,
      ...(found.field === undefined ? {} : { path: found.field }),
      fix: found.fix ?? renamedField(found.field ?? '') ?? remedy,
    },
  }
}

export const entryOfError = ({ source, line, column, message, repair }: ManifestError): PlacedEntry => {
  const { code, level, remedy } = catalogueEntry('WFT0001')
  return {
    source,
    line,
    ...(repair === undefined ? {} : { repair }),
    entry: {
      code,
      level,
      origin: source,
      message: `Invalid manifest: ${message}`,
      reference: `${source}:${line}`,
      column,
      fix: remedy,
    },
  }
}
