/** Rules whose requests an earlier rule of the same VirtualService takes, with a request that shows it. */
import { listAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import { matchCovers } from '../match-coverage.ts'
import type { AnalysisObject } from '../object-set.ts'
import { routeTableOf } from '../route-tables.ts'
import type { OwnedTable, TableRule } from '../route-tables.ts'
import { witnessRequest } from '../witness-request.ts'
import { routeReachability } from './route-reachability.ts'

/** The first earlier rule that takes all of each match; undefined when one match is free. */
const takers = (rule: TableRule, earlier: readonly TableRule[], gateways: readonly string[]) => {
  const found = rule.matches.flatMap((narrow) => {
    const taker = earlier.find(
      ({ matches, isDelegated }) =>
        !isDelegated && matches.some((wide) => matchCovers(wide, narrow, gateways)),
    )
    return taker === undefined ? [] : [taker]
  })
  return found.length === rule.matches.length ? [...new Set(found)] : undefined
}

const analyzeTable = ({ owner, table, rules }: OwnedTable): readonly Finding[] =>
  rules.flatMap((rule, index) => {
    const [first] = rule.matches
    const earlier = takers(rule, rules.slice(0, index), table.gateways)
    const witness = first === undefined ? undefined : witnessRequest(first, table.hosts[0] ?? '*')
    if (earlier === undefined || witness === undefined) return []
    const names = earlier.map(({ title }) => title).join(' and ')
    return [
      finding('WFT0102', owner, [rule.title, names, witness, earlier[0]?.title ?? names], {
        field: rule.path,
        fix: `move it before ${earlier[0]?.title ?? names}`,
      }),
    ]
  })

/** What Istio says of the whole rule need not be said again. */
const saidByIstio = (findings: readonly Finding[]): ((one: Finding) => boolean) => {
  const said = new Map<AnalysisObject, Set<string>>()
  for (const { code, subject, field = '' } of findings) {
    if (code !== 'IST0130') continue
    said.set(subject, (said.get(subject) ?? new Set()).add(field))
  }
  return ({ subject, field = '' }) => said.get(subject)?.has(field) === true
}

export const weftUnreachableRules: Analyzer = {
  name: 'weft.UnreachableRuleAnalyzer',
  description: 'Checks that no rule of a VirtualService takes all requests of a later one',
  codes: ['WFT0102'],
  analyze: (set) => {
    const found = set
      .of(kinds.virtualService)
      .filter(({ spec }) => listAt(spec, 'http').length > 1)
      .flatMap((owner) => analyzeTable(routeTableOf(owner)))
    if (found.length === 0) return []
    const isSaid = saidByIstio(routeReachability.analyze(set))
    return found.filter((one) => !isSaid(one))
  },
}
