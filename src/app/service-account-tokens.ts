import { openServiceAccountTokens, type ServiceAccountTokens } from '../identity/service-account-token.ts'
import type { InstancePki } from './pki.ts'

/** The issuer of Kubernetes' own tokens, and the audience of its API server. */
const issuer = 'https://kubernetes.default.svc.cluster.local'

/** The tokens of an instance's service accounts. */
export const instanceTokens = (pki: InstancePki): ServiceAccountTokens =>
  openServiceAccountTokens(pki.tokenKey, issuer)
