/** SubjectAccessReview and its like, and SelfSubjectReview: questions about access, answered in their status. */
import type { AccessAttributes, AccessUser } from '../../machinery/access-rules.ts'
import { badRequest, invalid, methodNotAllowed } from '../../machinery/status-errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../primitives/json-value.ts'
import { invalid as invalidField } from '../../resources/field-error.ts'
import type { FieldError } from '../../resources/kind.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import type { Identity } from '../admission.ts'
import type { ApiContext, ResourceTarget } from '../api-context.ts'
import { refuse, type ApiAnswer, type ApiRequest } from '../api-request.ts'
import { objectValue, withWarnings } from '../body-value.ts'
import { checkedObject } from '../decode-object.ts'
import { objectAnswer } from '../object-answer.ts'
import { section } from '../stored-object.ts'
import { writeOptionsOf } from '../write-options.ts'

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

const texts = (value: JsonValue | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []

const refuseField = (target: ResourceTarget, error: FieldError): never =>
  refuse(invalid(target.kind, '', [error]))

const attributesOf = (target: ResourceTarget, spec: JsonObject): AccessAttributes => {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec
  if (isJsonObject(resource) === isJsonObject(path)) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
    return refuseField(target, invalidField('spec.resourceAttributes', null, why))
  }
  if (isJsonObject(path)) return { type: 'path', verb: text(path['verb']), path: text(path['path']) }
  const given = isJsonObject(resource) ? resource : {}
  return {
    type: 'resource',
    verb: text(given['verb']),
    group: text(given['group']),
    resource: text(given['resource']),
    subresource: text(given['subresource']),
    name: text(given['name']),
    namespace: text(given['namespace']),
  }
}

const decision = (context: ApiContext, user: AccessUser, wanted: AccessAttributes): JsonObject => {
  const { allowed, reason } = context.authorizer.decide(user, wanted)
  return { allowed, ...(reason === '' ? {} : { reason }) }
}

const subjectOf = (target: ResourceTarget, spec: JsonObject): AccessUser => {
  const user = { name: text(spec['user']), groups: texts(spec['groups']) }
  return user.name === '' && user.groups.length === 0
    ? refuseField(target, invalidField('spec.user', '', 'at least one of user or group must be specified'))
    : user
}

const localReview = (context: ApiContext, target: ResourceTarget, spec: JsonObject): JsonObject => {
  const wanted = attributesOf(target, spec)
  if (wanted.type === 'path') {
    const why = 'disallowed on this kind of request'
    return refuseField(target, invalidField('spec.nonResourceAttributes', null, why))
  }
  if (wanted.namespace !== target.namespace) {
    const field = 'spec.resourceAttributes.namespace'
    return refuseField(target, invalidField(field, wanted.namespace, 'must match metadata.namespace'))
  }
  return decision(context, subjectOf(target, spec), wanted)
}

const rulesReview = (context: ApiContext, user: Identity, spec: JsonObject): JsonObject => {
  const namespace = text(spec['namespace'])
  if (namespace === '') refuse(badRequest('no namespace on request: write spec.namespace'))
  const rules = context.authorizer.rulesOf(user, namespace)
  return {
    resourceRules: rules
      .filter(({ resources }) => resources !== undefined)
      .map(({ verbs, apiGroups = [], resources = [], resourceNames }) => ({
        verbs,
        apiGroups,
        resources,
        ...(resourceNames === undefined ? {} : { resourceNames }),
      })),
    nonResourceRules: rules
      .filter(({ nonResourceURLs }) => nonResourceURLs !== undefined)
      .map(({ verbs, nonResourceURLs = [] }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  }
}

const userInfo = ({ name, groups }: Identity): JsonObject => ({ username: name, groups })

const tokenReview = (context: ApiContext, spec: JsonObject): JsonObject => {
  const token = text(spec['token'])
  const identity = token === '' ? undefined : context.tokens.identify(token)
  return identity === undefined
    ? {
        authenticated: false,
        error: '[invalid bearer token, service account token is not valid yet or any more]',
      }
    : { authenticated: true, user: userInfo(identity), audiences: [context.tokens.issuer] }
}

const statusOf = (context: ApiContext, target: ResourceTarget, spec: JsonObject): JsonObject => {
  const { user } = target
  switch (target.kind.kind) {
    case 'SelfSubjectReview':
      return { userInfo: userInfo(user) }
    case 'TokenReview':
      return tokenReview(context, spec)
    case 'SelfSubjectAccessReview':
      return decision(context, user, attributesOf(target, spec))
    case 'SelfSubjectRulesReview':
      return rulesReview(context, user, spec)
    case 'LocalSubjectAccessReview':
      return localReview(context, target, spec)
    default:
      return decision(context, subjectOf(target, spec), attributesOf(target, spec))
  }
}

/** Answers a POST of a review with the review and its status. */
export const answerReview = async (
  context: ApiContext,
  target: ResourceTarget,
  request: ApiRequest,
): Promise<ApiAnswer> => {
  if (request.method !== 'POST' || target.name !== undefined) return refuse(methodNotAllowed())
  if (target.kind.namespaced && target.namespace === undefined) return refuse(methodNotAllowed())
  const options = writeOptionsOf(request)
  const review = checkedObject(context, target, await objectValue(request, target, options), options)
  const status = statusOf(context, target, section(review, 'spec'))
  const answered: KubeObject = { ...review, ...{ status } }
  const answer = objectAnswer(201, answered, { kind: target.kind, request, now: context.clock.now() })
  return withWarnings(answer, options)
}
