/** Questions to the API server that are answered and not stored: may somebody do something, and who am I. */
import { defineKind } from '../define-kind.ts'
import type { Kind } from '../kind.ts'

const review = (group: string, kind: string, namespaced = false): Kind =>
  defineKind({
    group,
    kind,
    plural: `${kind.toLowerCase()}s`,
    namespaced,
    versions: ['v1'],
    verbs: ['create'],
  })

const access = 'authorization.k8s.io'
const identity = 'authentication.k8s.io'

export const reviewKinds: readonly Kind[] = [
  review(identity, 'SelfSubjectReview'),
  review(identity, 'TokenReview'),
  review(access, 'LocalSubjectAccessReview', true),
  review(access, 'SelfSubjectAccessReview'),
  review(access, 'SelfSubjectRulesReview'),
  review(access, 'SubjectAccessReview'),
]
