/** The CEL environment of Kubernetes' validation rules: the standard functions and Kubernetes' own libraries. */
import { Environment } from '@marcbachmann/cel-js'
import { registerAddresses } from './library/addresses.ts'
import { registerFormats } from './library/formats.ts'
import { registerLists } from './library/lists.ts'
import { registerMacros } from './library/macros.ts'
import { registerQuantities } from './library/quantities.ts'
import { registerRegularExpressions } from './library/regular-expressions.ts'
import { registerSets } from './library/sets.ts'
import { registerStrings } from './library/strings.ts'
import { registerUrls } from './library/urls.ts'

/** A fresh environment without variables; costs about a millisecond, so make one per schema. */
export const createKubernetesEnvironment = (): Environment => {
  const environment = new Environment({
    enableOptionalTypes: true,
    // format() takes lists of several types.
    homogeneousAggregateLiterals: false,
  })
  registerLists(environment)
  registerRegularExpressions(environment)
  registerQuantities(environment)
  registerStrings(environment)
  registerUrls(environment)
  registerAddresses(environment)
  registerSets(environment)
  registerFormats(environment)
  registerMacros(environment)
  return environment
}
