/** Istio's kinds of security. */
import { defineKind } from '../define-kind.ts'
import type { Kind } from '../kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { adviseAuthorizationPolicy } from './advise-authorization-policy.ts'
import { adviseRequestAuthentication } from './advise-request-authentication.ts'
import { adviseSelector } from './advise.ts'
import type { AuthorizationPolicy } from './authorization-policy.ts'
import { validateAuthorizationPolicy } from './validate-authorization-policy.ts'
import { validatePeerAuthentication } from './validate-peer-authentication.ts'
import type { PeerAuthentication } from './validate-peer-authentication.ts'
import { validateRequestAuthentication } from './validate-request-authentication.ts'
import type { RequestAuthentication } from './validate-request-authentication.ts'

const securityGroup = {
  group: 'security.istio.io',
  categories: ['istio-io', 'security-istio-io'],
  namespaced: true,
  versions: ['v1', 'v1beta1'],
  subresources: { status: true },
  isCarriedOut: false,
} as const

export const securityKinds: readonly Kind[] = [
  defineKind<AuthorizationPolicy>({
    ...securityGroup,
    kind: 'AuthorizationPolicy',
    plural: 'authorizationpolicies',
    shortNames: ['ap'],
    columns: [
      nameColumn,
      column<AuthorizationPolicy>('Action', 'The operation to take.', ({ spec }) => spec?.action ?? ''),
      ageColumn,
    ],
    validate: validateAuthorizationPolicy,
    advice: adviseAuthorizationPolicy,
  }),
  defineKind<PeerAuthentication>({
    ...securityGroup,
    kind: 'PeerAuthentication',
    plural: 'peerauthentications',
    shortNames: ['pa'],
    columns: [
      nameColumn,
      column<PeerAuthentication>(
        'Mode',
        'Defines the mTLS mode used for peer authentication.',
        ({ spec }) => spec?.mtls?.mode ?? '',
      ),
      ageColumn,
    ],
    validate: validatePeerAuthentication,
    advice: ({ spec = {} }) => adviseSelector(spec),
  }),
  defineKind<RequestAuthentication>({
    ...securityGroup,
    kind: 'RequestAuthentication',
    plural: 'requestauthentications',
    shortNames: ['ra'],
    validate: validateRequestAuthentication,
    advice: adviseRequestAuthentication,
  }),
]
