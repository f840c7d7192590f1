/** How often each answer came, beside how often the routes mean it to come. */
import type { VirtualService } from '../../resources/istio/virtual-service.ts'
import { textTable } from '../text-table.ts'
import type { DemoCall } from './demos.ts'

export type Shares = Readonly<Record<string, number>>

/** Each answer's share from 0 to 1 by the weights of the call's rule; absent weights are shared as Istio does. */
export const configuredShares = (route: VirtualService, { rule, subsets }: DemoCall): Shares => {
  const routes = route.spec.http?.[rule]?.route ?? []
  const isOnly = routes.length === 1
  const weights = routes.map(({ weight, destination }) => ({
    answer: subsets[destination?.subset ?? ''] ?? destination?.host ?? '',
    weight: isOnly ? 1 : (weight ?? 0),
  }))
  const total = weights.reduce((sum, { weight }) => sum + weight, 0)
  const shares: Record<string, number> = {}
  for (const { answer, weight } of weights)
    shares[answer] = (shares[answer] ?? 0) + (total === 0 ? 0 : weight / total)
  return shares
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** A table with one line per answer: what is configured, what was measured, how many. */
export const splitTable = (configured: Shares, counts: ReadonlyMap<string, number>): string => {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const answers = [...new Set([...Object.keys(configured), ...counts.keys()])]
  const rows = answers.map((answer) => {
    const count = counts.get(answer) ?? 0
    const share = configured[answer]
    return [
      `  ${answer}`,
      (share === undefined ? '-' : percent(share)).padStart(10),
      (total === 0 ? '-' : percent(count / total)).padStart(8),
      String(count).padStart(8),
    ]
  })
  return textTable([['  ANSWER', 'CONFIGURED', 'MEASURED', 'REQUESTS'], ...rows])
}
