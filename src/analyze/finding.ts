/** What an analyzer found: a code of the catalogue, the object, and the field. */
import { formatMessage, levelOf } from './catalogue.ts'
import type { Code, Parameter } from './catalogue.ts'
import type { Level } from './catalogue/message-row.ts'
import type { AnalysisObject } from './object-set.ts'

export interface Finding {
  readonly code: Code
  readonly level: Level
  readonly subject: AnalysisObject
  /** A path such as `spec.http[0].route[1].destination.host`; absent: the whole object. */
  readonly field?: string
  readonly message: string
  /** What to write instead, where it is known better than the catalogue's remedy. */
  readonly fix?: string
  /** The value to write at `field`, where it is one value. */
  readonly value?: string
  /** What stands at `field` has a wrong type, so that nothing else can be said of it. */
  readonly isUnreadable?: true
}

export interface FindingPlace {
  readonly isUnreadable?: true
  readonly field?: string
  readonly fix?: string
  readonly value?: string
}

/** The finding `code` about `subject`; `parameters` fill the verbs of the template. */
export const finding = (
  code: Code,
  subject: AnalysisObject,
  parameters: readonly Parameter[],
  place: FindingPlace = {},
): Finding => ({ code, level: levelOf(code), subject, message: formatMessage(code, parameters), ...place })

/** `VirtualService default/reviews`. */
export const originOf = ({ kind, fullName }: AnalysisObject): string => `${kind} ${fullName}`
