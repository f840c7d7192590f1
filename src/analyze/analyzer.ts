/** What an analyzer is: a pure function from a set of objects to findings. */
import type { Code } from './catalogue.ts'
import type { Finding } from './finding.ts'
import type { ObjectSet } from './object-set.ts'

export interface Analyzer {
  /** Istio's name for it, such as `virtualservice.GatewayAnalyzer`; ours begin with `weft.`. */
  readonly name: string
  readonly description: string
  /** Every code that it may say. */
  readonly codes: readonly Code[]
  readonly analyze: (set: ObjectSet) => readonly Finding[]
}
