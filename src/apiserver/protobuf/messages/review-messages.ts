/** Messages of authorization.k8s.io/v1 and authentication.k8s.io/v1. */
import type { Messages } from './message.ts'

export const reviewMessages = {
  SelfSubjectAccessReview: {
    metadata: '1 ObjectMeta',
    spec: '2 SelfSubjectAccessReviewSpec',
    status: '3 SubjectAccessReviewStatus',
  },
  SelfSubjectAccessReviewSpec: {
    resourceAttributes: '1 ResourceAttributes',
    nonResourceAttributes: '2 NonResourceAttributes',
  },
  SubjectAccessReview: {
    metadata: '1 ObjectMeta',
    spec: '2 SubjectAccessReviewSpec',
    status: '3 SubjectAccessReviewStatus',
  },
  LocalSubjectAccessReview: {
    metadata: '1 ObjectMeta',
    spec: '2 SubjectAccessReviewSpec',
    status: '3 SubjectAccessReviewStatus',
  },
  SubjectAccessReviewSpec: {
    resourceAttributes: '1 ResourceAttributes',
    nonResourceAttributes: '2 NonResourceAttributes',
    user: '3 string',
    groups: '4 []string',
    uid: '6 string',
  },
  SubjectAccessReviewStatus: {
    allowed: '1 !bool',
    denied: '4 bool',
    reason: '2 string',
    evaluationError: '3 string',
  },
  ResourceAttributes: {
    namespace: '1 string',
    verb: '2 string',
    group: '3 string',
    version: '4 string',
    resource: '5 string',
    subresource: '6 string',
    name: '7 string',
  },
  NonResourceAttributes: { path: '1 string', verb: '2 string' },
  SelfSubjectRulesReview: {
    metadata: '1 ObjectMeta',
    spec: '2 SelfSubjectRulesReviewSpec',
    status: '3 SubjectRulesReviewStatus',
  },
  SelfSubjectRulesReviewSpec: { namespace: '1 string' },
  SubjectRulesReviewStatus: {
    resourceRules: '1 []ResourceRule',
    nonResourceRules: '2 []NonResourceRule',
    incomplete: '3 !bool',
    evaluationError: '4 string',
  },
  ResourceRule: {
    verbs: '1 []string',
    apiGroups: '2 []string',
    resources: '3 []string',
    resourceNames: '4 []string',
  },
  NonResourceRule: { verbs: '1 []string', nonResourceURLs: '2 []string' },
  SelfSubjectReview: { metadata: '1 ObjectMeta', status: '2 SelfSubjectReviewStatus' },
  SelfSubjectReviewStatus: { userInfo: '1 UserInfo' },
  UserInfo: { username: '1 string', uid: '2 string', groups: '3 []string' },
  TokenReview: { metadata: '1 ObjectMeta', spec: '2 TokenReviewSpec', status: '3 TokenReviewStatus' },
  TokenReviewSpec: { token: '1 string', audiences: '2 []string' },
  TokenReviewStatus: {
    authenticated: '1 bool',
    user: '2 UserInfo',
    audiences: '4 []string',
    error: '3 string',
  },
  TokenRequest: { metadata: '1 ObjectMeta', spec: '2 TokenRequestSpec', status: '3 TokenRequestStatus' },
  TokenRequestSpec: {
    audiences: '1 []string',
    expirationSeconds: '4 !int',
    boundObjectRef: '3 BoundObjectReference',
  },
  TokenRequestStatus: { token: '1 !string', expirationTimestamp: '2 time' },
  BoundObjectReference: { kind: '1 string', apiVersion: '2 string', name: '3 string', uid: '4 string' },
} as const satisfies Messages
