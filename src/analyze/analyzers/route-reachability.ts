/** Rules and matches of VirtualServices that an earlier rule makes useless. */
import type { KubeObject } from '../../resources/kube-object.ts'
import { uselessRules } from '../../resources/istio/route-reachability.ts'
import type { UselessRule } from '../../resources/istio/route-reachability.ts'
import type { VirtualService } from '../../resources/istio/virtual-service.ts'
import { virtualServiceKind } from '../../resources/istio/virtual-service-kind.ts'
import { schemaLibrary } from '../../resources/schema-library.ts'
import { validateAgainstSchema } from '../../resources/validate-schema.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject } from '../object-set.ts'

const findingOf = (subject: AnalysisObject, useless: UselessRule): Finding => {
  const { field, rule } = useless
  return useless.why === 'unreachable'
    ? finding('IST0130', subject, [rule, useless.reason], { field })
    : finding('IST0131', subject, [rule, useless.match, useless.earlier], { field })
}

/** One rule with one match hides nothing. */
const canHide = ({ spec }: AnalysisObject): boolean =>
  ['http', 'tcp', 'tls'].some((protocol) => {
    const rules: unknown = spec[protocol]
    if (!Array.isArray(rules)) return false
    const [first]: readonly unknown[] = rules
    const matches: unknown =
      typeof first === 'object' && first !== null && 'match' in first ? first.match : []
    return rules.length > 1 || (Array.isArray(matches) && matches.length > 1)
  })

const isVirtualService = (object: KubeObject): object is VirtualService =>
  validateAgainstSchema(virtualServiceKind.schema('v1'), schemaLibrary, object).length === 0

export const routeReachability: Analyzer = {
  name: 'schema.ValidationAnalyzer.VirtualService',
  description: 'Checks that every rule and match of a VirtualService can be reached',
  codes: ['IST0130', 'IST0131'],
  analyze: (set) =>
    set
      .of(kinds.virtualService)
      .filter(canHide)
      .flatMap((subject) =>
        isVirtualService(subject.object)
          ? uselessRules(subject.object.spec).map((useless) => findingOf(subject, useless))
          : [],
      ),
}
