/** Routes that match on claims of tokens which nothing on the gateway checks. */
import { objectAt, objectsAt, textMapAt, textsAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { selects } from '../selector.ts'
import { MESH_GATEWAY } from './virtual-service-gateways.ts'

/** `@request.auth.claims.sub` or `@request.auth.claims[sub]`. */
const CLAIM = /^@request\.auth\.claims(?:\..+|\[.+\])$/i

interface ClaimUse {
  readonly claim: string
  readonly field: string
}

const claimsOf = ({ spec }: AnalysisObject): readonly ClaimUse[] =>
  objectsAt(spec, 'http').flatMap((rule, ruleIndex) =>
    objectsAt(rule, 'match').flatMap((match, matchIndex) =>
      ['headers', 'withoutHeaders'].flatMap((map) =>
        Object.keys(objectAt(match, map) ?? {})
          .filter((key) => CLAIM.test(key))
          .map((claim) => ({
            claim,
            field: `spec.http[${ruleIndex}].match[${matchIndex}].${map}[${claim}]`,
          })),
      ),
    ),
  )

const isAuthenticated = (set: ObjectSet, pod: AnalysisObject): boolean =>
  set
    .of(kinds.requestAuthentication)
    .some(
      ({ spec, namespace }) =>
        (namespace === set.rootNamespace || namespace === pod.namespace) &&
        selects(textMapAt(objectAt(spec, 'selector'), 'matchLabels'), pod.labels),
    )

const analyzeVirtualService = (set: ObjectSet, subject: AnalysisObject): readonly Finding[] => {
  const [use] = claimsOf(subject)
  if (use === undefined) return []
  return textsAt(subject.spec, 'gateways').flatMap((reference) => {
    const gateway = set.findReference(kinds.gateway, subject.namespace, reference)
    if (reference === MESH_GATEWAY || gateway === undefined) return []
    const selector = textMapAt(gateway.spec, 'selector')
    return set
      .of(kinds.pod)
      .filter((pod) => selects(selector, pod.labels) && !isAuthenticated(set, pod))
      .map((pod) =>
        finding('IST0149', subject, [use.claim, gateway.fullName, pod.name], { field: use.field }),
      )
  })
}

export const jwtClaimRoutes: Analyzer = {
  name: 'virtualservice.JWTClaimRouteAnalyzer',
  description: 'Checks that routing by JWT claims has a RequestAuthentication',
  codes: ['IST0149'],
  analyze: (set) => set.of(kinds.virtualService).flatMap((subject) => analyzeVirtualService(set, subject)),
}
