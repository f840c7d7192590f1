/** Weights of destinations that do not say what a reader takes them for. */
import { numberAt, objectsAt } from '../../mesh/translate/json-reader.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject } from '../object-set.ts'

/** Up to here weights are plainly ratios such as 1:1 or 9:1, not percentages. */
const LARGEST_RATIO = 10
/** Whole numbers of tenths, per mille and so on. */
const ROUND_SUMS: ReadonlySet<number> = new Set([0, 10, 100, 1000, 10_000, 100_000, 1_000_000])

const percentOf = (weight: number, sum: number): string => `${Math.round((weight * 1000) / sum) / 10}%`

/** Several weights that are all 0 are refused as IST0106. */
const analyzeRoute = (
  subject: AnalysisObject,
  routes: readonly JsonObject[],
  path: string,
): readonly Finding[] => {
  const written = routes.map((route) => numberAt(route, 'weight'))
  const [only] = written
  if (written.length === 1 && only !== undefined) {
    if (only !== 0 && (only <= LARGEST_RATIO || ROUND_SUMS.has(only))) return []
    const text = `A single destination gets all requests, whatever its weight; ${only} is written`
    return [finding('WFT0105', subject, [text], { field: `${path}[0].weight` })]
  }
  const weights = written.map((weight) => weight ?? 0)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const isRatio = weights.every((weight) => weight <= LARGEST_RATIO)
  if (weights.length < 2 || isRatio || ROUND_SUMS.has(sum) || weights.some((weight) => weight < 0)) return []
  const shares = weights.map((weight) => percentOf(weight, sum)).join(', ')
  const text = `The weights ${weights.join(', ')} add up to ${sum}, not 100: the destinations get ${shares}`
  return [finding('WFT0105', subject, [text], { field: path })]
}

export const weftWeights: Analyzer = {
  name: 'weft.WeightAnalyzer',
  description: 'Checks that the weights of destinations add up',
  codes: ['WFT0105'],
  analyze: (set) =>
    set
      .of(kinds.virtualService)
      .flatMap((subject) =>
        ['http', 'tcp', 'tls'].flatMap((protocol) =>
          objectsAt(subject.spec, protocol).flatMap((rule, index) =>
            analyzeRoute(subject, objectsAt(rule, 'route'), `spec.${protocol}[${index}].route`),
          ),
        ),
      ),
}
