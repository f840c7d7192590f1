/** The tokens of an instance's service accounts, and how its node gets them. */
import { randomUUID } from 'node:crypto'
import { openServiceAccountTokens, type ServiceAccountTokens } from '../identity/service-account-token.ts'
import type { ReadPort, ResourceRef } from '../machinery/ports.ts'
import type { IssueToken } from '../node/volumes/service-account-tokens.ts'
import { CodedError } from '../primitives/coded-error.ts'
import type { InstancePki } from './pki.ts'
import { systemClock } from './system-clock.ts'

/** The issuer of Kubernetes' own tokens, and the audience of its API server. */
const issuer = 'https://kubernetes.default.svc.cluster.local'

export const instanceTokens = (pki: InstancePki): ServiceAccountTokens =>
  openServiceAccountTokens(pki.tokenKey, issuer)

const serviceAccounts: ResourceRef = { group: '', version: 'v1', plural: 'serviceaccounts' }
const nodes: ResourceRef = { group: '', version: 'v1', plural: 'nodes' }

const year = 365 * 86_400

/**
 * Kubernetes gives the token that every pod has by default a year, for clients that read it once
 * (kube-apiserver --service-account-extend-token-expiration).
 */
const lifetime = (seconds: number, audiences: readonly string[]): number =>
  seconds === 3607 && audiences.length === 0 ? year : seconds

/** Signs what the node asks for, once the service account is there. Throws CodedError `service-account-not-found`. */
export const tokenIssuer =
  (cluster: ReadPort, tokens: ServiceAccountTokens, nodeName: string): IssueToken =>
  async ({ namespace, serviceAccount: name, audiences, expirationSeconds, pod }) => {
    const [account, node] = await Promise.all([
      cluster.get(serviceAccounts, { namespace, name }),
      cluster.get(nodes, { name: nodeName }),
    ])
    if (account === undefined)
      throw new CodedError(
        'service-account-not-found',
        `failed to fetch token: serviceaccounts ${JSON.stringify(name)} not found`,
      )
    const issuedAt = systemClock.now()
    return tokens.sign(
      {
        namespace,
        serviceAccount: { name, uid: account.metadata.uid ?? '' },
        boundTo: { kind: 'Pod', object: pod },
        node: { name: nodeName, uid: node?.metadata.uid ?? '' },
        audiences: audiences.length === 0 ? [tokens.issuer] : audiences,
        issuedAt,
        expiresAt: issuedAt + lifetime(expirationSeconds, audiences) * 1000,
      },
      randomUUID(),
    )
  }
