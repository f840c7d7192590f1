/** Gateways of the Gateway API whose class nobody implements. */
import { textAt } from '../../mesh/translate/json-reader.ts'
import { didYouMean } from '../../resources/did-you-mean.ts'
import type { Analyzer } from '../analyzer.ts'
import { finding } from '../finding.ts'
import { kinds } from '../kind-keys.ts'
import { suggest } from '../suggestions.ts'

/** Made by Istio itself. */
const BUILT_IN = ['istio', 'istio-remote', 'istio-waypoint', 'istio-east-west'] as const

export const weftGatewayClasses: Analyzer = {
  name: 'weft.GatewayClassAnalyzer',
  description: 'Checks that the classes of Gateways exist',
  codes: ['WFT0209'],
  analyze: (set) => {
    const known = [...set.of(kinds.gatewayClass).map(({ name }) => name), ...BUILT_IN]
    return set.of(kinds.kubernetesGateway).flatMap((gateway) => {
      const name = textAt(gateway.spec, 'gatewayClassName') ?? ''
      const meant = didYouMean(name, known)
      // A class may lie in another file, but not one that is nearly the name of a known one.
      if (name === '' || known.includes(name) || (meant === undefined && !set.isComplete)) return []
      return [finding('WFT0209', gateway, [name], { field: 'spec.gatewayClassName', ...suggest(meant) })]
    })
  },
}
