/** What Istio warns of in a RequestAuthentication that it accepts. */
import { child, itemsAt } from '../field-path.ts'
import { advise, adviseSelector } from './advise.ts'
import type { Advices } from './advise.ts'
import { isPrivateKey, parseKeys } from './json-web-keys.ts'
import type { RequestAuthentication } from './validate-request-authentication.ts'

const adviseKeys = (path: string, text: string): Advices => {
  const keys = text === '' ? undefined : parseKeys(text)
  return keys?.ok === true
    ? keys.value.flatMap((key, index) =>
        advise(
          isPrivateKey(key),
          path,
          `jwks key at index ${index} contains private key material; only public keys are used for verification`,
        ),
      )
    : []
}

export const adviseRequestAuthentication = ({ spec = {} }: RequestAuthentication): Advices => [
  ...adviseSelector(spec),
  ...itemsAt('spec.jwtRules', spec.jwtRules).flatMap(({ path, value }) =>
    adviseKeys(child(path, 'jwks'), value.jwks ?? ''),
  ),
]
