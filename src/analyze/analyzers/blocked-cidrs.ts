/** Control planes that fetch keys for tokens from any address. */
import { objectAt, objectsAt, textAt } from '../../mesh/translate/json-reader.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import type { AnalysisObject } from '../object-set.ts'

const SETTING = 'BLOCKED_CIDRS_IN_JWKS_URIS'
const LONGEST_LIST = 5

const isRestricted = ({ spec }: AnalysisObject): boolean =>
  objectsAt(objectAt(objectAt(spec, 'template'), 'spec'), 'containers')
    .flatMap((container) => objectsAt(container, 'env'))
    .some((variable) => textAt(variable, 'name') === SETTING && (textAt(variable, 'value') ?? '') !== '')

const shortened = (names: readonly string[]): string => {
  const shown = names.slice(0, LONGEST_LIST).join(', ')
  return names.length <= LONGEST_LIST ? shown : `${shown}, and ${names.length - LONGEST_LIST} more`
}

export const blockedCidrs: Analyzer = {
  name: 'authn.BlockedCIDRsAnalyzer',
  description: 'Checks that the control plane restricts where it fetches keys from',
  codes: ['IST0175'],
  analyze: (set) => {
    const names = set.of(kinds.requestAuthentication).map(({ fullName }) => fullName)
    if (names.length === 0) return []
    return set
      .of(kinds.deployment)
      .filter((deployment) => deployment.labels['app'] === 'istiod' && !isRestricted(deployment))
      .map((deployment) => finding('IST0175', deployment, [names.length, shortened(names)]))
  },
}
