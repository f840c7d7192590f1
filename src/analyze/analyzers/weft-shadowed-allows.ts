/** Rules of ALLOW policies whose every request a DENY policy denies. */
import { objectAt, objectsAt, textAt, textMapAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { policyRuleCovers } from '../policy-rule-coverage.ts'
import { isEmptySelector, selects } from '../selector.ts'
import type { Labels } from '../selector.ts'

const DRY_RUN = 'istio.io/dry-run'

const actionOf = ({ spec }: AnalysisObject): string => textAt(spec, 'action') ?? 'ALLOW'

const selectorOf = ({ spec }: AnalysisObject): Labels => textMapAt(objectAt(spec, 'selector'), 'matchLabels')

/** Policies of waypoints and gateways name their target; dry runs deny nothing. */
const counts = ({ spec, annotations }: AnalysisObject): boolean =>
  spec['targetRef'] === undefined && spec['targetRefs'] === undefined && annotations[DRY_RUN] !== 'true'

/** True when every workload of `narrow` also has `wide`. */
const holdsFor = (set: ObjectSet, wide: AnalysisObject, narrow: AnalysisObject): boolean =>
  (wide.namespace === set.rootNamespace || wide.namespace === narrow.namespace) &&
  (isEmptySelector(selectorOf(wide)) || selects(selectorOf(wide), selectorOf(narrow)))

const shadowed = (set: ObjectSet, allow: AnalysisObject, denies: readonly AnalysisObject[]) => {
  const holding = denies.filter((deny) => holdsFor(set, deny, allow))
  return objectsAt(allow.spec, 'rules').flatMap((rule, index): readonly Finding[] => {
    const deny = holding.find(({ spec }) =>
      objectsAt(spec, 'rules').some((wide) => policyRuleCovers(wide, rule)),
    )
    if (deny === undefined) return []
    const at = objectsAt(deny.spec, 'rules').findIndex((wide) => policyRuleCovers(wide, rule))
    return [
      finding('WFT0111', allow, [`rule #${index}`, deny.fullName, `rule #${at}`], {
        field: `spec.rules[${index}]`,
      }),
    ]
  })
}

export const weftShadowedAllows: Analyzer = {
  name: 'weft.ShadowedAllowAnalyzer',
  description: 'Checks that no DENY policy takes all that an ALLOW policy allows',
  codes: ['WFT0111'],
  analyze: (set) => {
    const policies = set
      .of(kinds.authorizationPolicy)
      .filter((policy) => counts(policy) && !set.isAmbiguous(policy))
    const denies = policies.filter((policy) => actionOf(policy) === 'DENY')
    return policies
      .filter((policy) => actionOf(policy) === 'ALLOW')
      .flatMap((allow) => shadowed(set, allow, denies))
  },
}
