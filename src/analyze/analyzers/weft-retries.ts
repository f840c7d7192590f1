/** Retries of requests that must not be carried out twice. */
import { numberAt, objectAt, objectsAt, textAt } from '../../mesh/translate/json-reader.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { exactMethods } from '../http-methods.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'

const NOT_IDEMPOTENT: ReadonlySet<string> = new Set(['POST', 'PATCH'])

/** RFC 9110 section 9.2.2. A retry after these cannot have reached the application. */
const NEVER_DELIVERED: ReadonlySet<string> = new Set([
  'connect-failure',
  'refused-stream',
  'reset-before-request',
])

const isDelivered = (retryOn: string): boolean =>
  retryOn.split(',').some((part) => part.trim() !== '' && !NEVER_DELIVERED.has(part.trim()))

/** How often and when, for the message; undefined: never, or harmlessly. */
const retriesOf = (rule: JsonObject, meshDefault: JsonObject | undefined): string | undefined => {
  const written = objectAt(rule, 'retries')
  const retries = written ?? meshDefault
  const attempts = numberAt(retries, 'attempts')
  const retryOn = textAt(retries, 'retryOn') ?? ''
  if (written === undefined && meshDefault === undefined) return '2 times by default'
  if ((attempts ?? (written === undefined ? 2 : 0)) <= 0) return undefined
  if (retryOn === '') return `${attempts ?? 2} times, on the default conditions`
  return isDelivered(retryOn) ? `${attempts ?? 2} times on ${retryOn}` : undefined
}

const analyzeRule = (
  subject: AnalysisObject,
  rule: JsonObject,
  path: string,
  set: ObjectSet,
): readonly Finding[] => {
  const methods = exactMethods(rule)
  const isForwarded = objectsAt(rule, 'route').length > 0
  if (!isForwarded || methods?.every((method) => NOT_IDEMPOTENT.has(method)) !== true) return []
  const retries = retriesOf(rule, objectAt(set.meshConfig, 'defaultHttpRetryPolicy'))
  if (retries === undefined) return []
  const written = objectAt(rule, 'retries')
  const field = textAt(written, 'retryOn') === undefined ? 'retries' : 'retries.retryOn'
  return [finding('WFT0103', subject, [methods.join(' and '), retries], { field: `${path}.${field}` })]
}

export const weftRetries: Analyzer = {
  name: 'weft.RetryAnalyzer',
  description: 'Checks for retries of requests that are not idempotent',
  codes: ['WFT0103'],
  analyze: (set) =>
    set
      .of(kinds.virtualService)
      .flatMap((subject) =>
        objectsAt(subject.spec, 'http').flatMap((rule, index) =>
          analyzeRule(subject, rule, `spec.http[${index}]`, set),
        ),
      ),
}
