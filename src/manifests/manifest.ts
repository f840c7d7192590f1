/** Text of manifests (YAML or JSON) to objects that remember where they were written. */
import type { KubeObject } from '../resources/kube-object.ts'
import type { Repair } from './repair.ts'

/** Lines and columns count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

export interface ManifestError extends Position {
  /** The file, or `-` for standard input. */
  readonly source: string
  /** What is wrong and what to write instead. */
  readonly message: string
  /** The lines to write, where one repair is meant without doubt. */
  readonly repair?: Repair
}

export interface ManifestObject {
  readonly object: KubeObject
  readonly source: string
  /**
   * Where a field is written; for an absent one, where its nearest parent is.
   * `path` as in field errors (`spec.http[0].match[0].uri`, map keys as `[key]`), or as keys and indexes.
   */
  readonly positionOf: (path: string | readonly (string | number)[]) => Position
}

export interface Manifests {
  readonly objects: readonly ManifestObject[]
  readonly errors: readonly ManifestError[]
}

/** `file.yaml:3:7: what is wrong`. */
export const formatManifestError = ({ source, line, column, message }: ManifestError): string =>
  `${source}:${line}:${column}: ${message}`
