/** Gateway API kinds that are installed in a version which is too old. */
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'

const GROUP = 'gateway.networking.k8s.io'
const VERSION = `${GROUP}/bundle-version`

const minimums: ReadonlyMap<string, string> = new Map([
  [`grpcroutes.${GROUP}`, '1.1.0'],
  [`backendtlspolicies.${GROUP}`, '1.4.0'],
  [`tlsroutes.${GROUP}`, '1.5.0'],
  [`tcproutes.${GROUP}`, '1.6.0'],
])

/** Major, minor and patch of `v1.2.3-rc.1`; pre-releases count as their release. */
const parse = (version: string): readonly number[] | undefined => {
  const parts = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+].*)?$/.exec(version)
  return parts?.slice(1, 4).map((part) => Number(part ?? 0))
}

const isBelow = (left: readonly number[], right: readonly number[]): boolean => {
  const at = left.findIndex((part, index) => part !== right[index])
  return at !== -1 && (left[at] ?? 0) < (right[at] ?? 0)
}

export const gatewayApiVersions: Analyzer = {
  name: 'k8sgateway.CRDVersionAnalyzer',
  description: 'Checks the versions of the installed Gateway API kinds',
  codes: ['IST0176'],
  analyze: (set) =>
    set.of(kinds.customResourceDefinition).flatMap((subject) => {
      const minimum = minimums.get(subject.name)
      const installed = parse(subject.annotations[VERSION] ?? '')
      if (minimum === undefined || installed === undefined) return []
      if (!isBelow(installed, parse(minimum) ?? [])) return []
      const version = (subject.annotations[VERSION] ?? '').replace(/^v/, '')
      const field = `metadata.annotations[${VERSION}]`
      return [finding('IST0176', subject, [subject.name, version, minimum], { field })]
    }),
}
