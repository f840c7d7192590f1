/** What is wrong with an object as it stands among the others, in the words that its owner needs. */
import type { Origin } from './origin.ts'

export type FindingReason =
  | 'HostNotFound'
  | 'SubsetNotFound'
  | 'PortNotFound'
  | 'GatewayNotFound'
  | 'ProviderNotFound'
  | 'UnsupportedValue'

export interface Finding {
  readonly reason: FindingReason
  /** The object and the field. */
  readonly origin: Origin
  /** What is wrong. */
  readonly message: string
  /** What to write instead. */
  readonly remedy: string
  /** True: it was there, and stays in use as it was last defined. */
  readonly kept?: true
}

/** One line for a status condition: field, fault, remedy. */
export const describeFinding = (finding: Finding): string =>
  `${finding.origin.field === undefined ? '' : `${finding.origin.field}: `}${finding.message}; ${finding.remedy}`
