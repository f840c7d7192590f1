/** Destinations of routes and mirrors. */
import { invalid } from '../field-error.ts'
import { child } from '../field-path.ts'
import { portNumberProblem } from '../meta/name-syntax.ts'
import type { Destination } from './destination.ts'
import { isDnsLabel, wildcardDomainProblem } from './host-syntax.ts'
import { checked, when } from './when.ts'
import type { Findings } from './when.ts'

export const subsetNameProblem = (name: string): string | undefined =>
  isDnsLabel(name) ? undefined : 'must be a DNS label: letters, digits and inner hyphens'

export const validateDestination = (path: string, destination: Destination): Findings => [
  ...(destination.host === '*'
    ? [invalid(child(path, 'host'), '*', 'a route needs one host; write its name')]
    : checked(child(path, 'host'), destination.host ?? '', wildcardDomainProblem)),
  ...when(
    destination.subset !== undefined && destination.subset !== '' && !isDnsLabel(destination.subset),
    invalid(
      child(path, 'subset'),
      destination.subset ?? '',
      'must be a DNS label: letters, digits and inner hyphens',
    ),
  ),
  ...(destination.port === undefined || destination.port === null
    ? []
    : checked(child(path, 'port.number'), destination.port.number ?? 0, portNumberProblem)),
]

/** Weights are not negative, and several destinations have some weight. */
export const validateWeights = (
  path: string,
  routes: readonly { readonly weight?: number }[] | undefined,
): Findings => {
  const weights = (routes ?? []).map(({ weight }) => weight ?? 0)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return [
    ...weights.flatMap((weight, index) =>
      when(weight < 0, invalid(`${path}[${index}].weight`, weight, 'must not be negative')),
    ),
    ...when(
      weights.length > 1 && total === 0,
      invalid(
        path,
        total,
        'the weights of several destinations must not all be 0; write shares such as 75 and 25',
      ),
    ),
  ]
}
