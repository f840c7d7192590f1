/** Timeouts of routes into which their retries do not fit. */
import { durationAt, numberAt, objectAt, objectsAt, textAt } from '../../mesh/translate/json-reader.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject } from '../object-set.ts'

const analyzeRule = (subject: AnalysisObject, rule: JsonObject, path: string): readonly Finding[] => {
  const retries = objectAt(rule, 'retries')
  const timeout = durationAt(rule, 'timeout') ?? 0
  const perTry = durationAt(retries, 'perTryTimeout') ?? 0
  const tries = (numberAt(retries, 'attempts') ?? 0) + 1
  if (timeout === 0 || perTry === 0 || tries < 2 || timeout >= tries * perTry) return []
  const whole = Math.floor(timeout / perTry)
  const effect =
    timeout <= perTry
      ? 'a try that times out is never retried'
      : `only ${whole} ${whole === 1 ? 'try' : 'tries'} can take their full time`
  const parameters = [
    textAt(rule, 'timeout') ?? '',
    tries,
    textAt(retries, 'perTryTimeout') ?? '',
    `${(tries * perTry) / 1000}s`,
    effect,
  ]
  return [finding('WFT0104', subject, parameters, { field: `${path}.timeout` })]
}

export const weftTimeouts: Analyzer = {
  name: 'weft.TimeoutAnalyzer',
  description: 'Checks that the retries of a route fit into its timeout',
  codes: ['WFT0104'],
  analyze: (set) =>
    set
      .of(kinds.virtualService)
      .flatMap((subject) =>
        objectsAt(subject.spec, 'http').flatMap((rule, index) =>
          analyzeRule(subject, rule, `spec.http[${index}]`),
        ),
      ),
}
