/** POST serviceaccounts/x/token: a token of the account (authentication.k8s.io/v1 TokenRequest). */
import { badRequest, conflict, invalid, notFound } from '../../machinery/status-errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../primitives/json-value.ts'
import { timestampOf } from '../../primitives/timestamp.ts'
import { invalid as invalidField } from '../../resources/field-error.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import type { ApiContext, ObjectTarget } from '../api-context.ts'
import { refuse, type ApiAnswer, type ApiRequest } from '../api-request.ts'
import { bodyValue } from '../body-value.ts'
import type { TokenClaims } from '../bearer-tokens.ts'
import { encodedAnswer, negotiated } from '../object-answer.ts'
import { decodeStored, objectKey } from '../stored-object.ts'
import { storedOf } from '../update-object.ts'
import { writeOptionsOf } from '../write-options.ts'

const tokenRequest = { group: 'authentication.k8s.io', kind: 'TokenRequest' }
const shortest = 600
const longest = 2 ** 32
/** One hour, as in Kubernetes. */
const usual = 3600

const secondsOf = (value: JsonValue | undefined): number => {
  const seconds = value ?? usual
  const refuseSeconds = (why: string): never =>
    refuse(invalid(tokenRequest, '', [invalidField('spec.expirationSeconds', seconds, why)]))
  if (typeof seconds !== 'number' || !Number.isInteger(seconds))
    return refuseSeconds('must be of type integer')
  if (seconds < shortest) return refuseSeconds('may not specify a duration less than 10 minutes')
  return seconds > longest ? refuseSeconds('may not specify a duration larger than 2^32 seconds') : seconds
}

const boundKinds = ['Pod', 'Secret', 'Node'] as const

/** The object that the token ends with; throws when it is not there, or not the one that is meant. */
const boundTo = (
  context: ApiContext,
  target: ObjectTarget,
  reference: JsonValue | undefined,
): TokenClaims['boundTo'] => {
  if (!isJsonObject(reference)) return undefined
  const wanted = boundKinds.find((each) => each === reference['kind'])
  const kind = wanted === undefined ? undefined : context.index.byKind('', wanted)
  if (wanted === undefined || kind === undefined) {
    return refuse(
      badRequest(
        `cannot bind token for serviceaccount to kind ${JSON.stringify(reference['kind'])}: write Pod, Secret or Node`,
      ),
    )
  }
  const name = typeof reference['name'] === 'string' ? reference['name'] : ''
  const stored = context.store.get(objectKey(kind, target.namespace, name))
  if (stored === undefined) return refuse(notFound(kind, name))
  const uid = decodeStored(kind, 'v1', stored).metadata.uid ?? ''
  const asked = reference['uid'] ?? uid
  if (asked !== uid) {
    refuse(
      conflict(
        kind,
        name,
        `the UID in the bound object reference (${JSON.stringify(asked)}) does not match the UID in record. The object might have been deleted and then recreated`,
      ),
    )
  }
  return { kind: wanted, object: { name, uid } }
}

const audiencesOf = (spec: JsonObject, issuer: string): readonly string[] => {
  const given = spec['audiences']
  const audiences = Array.isArray(given) ? given.filter((each) => typeof each === 'string') : []
  return audiences.length === 0 ? [issuer] : audiences
}

/** What every pod asks for (see service-account-admission.ts). */
const podSeconds = 3607
const year = 365 * 86_400

/**
 * Kubernetes gives the token that every pod has by default a year, for clients that read it once
 * (kube-apiserver --service-account-extend-token-expiration); the status says what was asked for.
 */
const lifetime = (
  seconds: number,
  claims: Pick<TokenClaims, 'boundTo' | 'audiences'>,
  issuer: string,
): number =>
  seconds === podSeconds && claims.boundTo?.kind === 'Pod' && claims.audiences.includes(issuer)
    ? year
    : seconds

/** Answers with the request and the token in its status. */
export const requestToken = async (
  context: ApiContext,
  target: ObjectTarget,
  request: ApiRequest,
): Promise<ApiAnswer> => {
  const { dryRun } = writeOptionsOf(request)
  const account: KubeObject = decodeStored(target.kind, target.apiVersion, storedOf(context, target))
  const body = await bodyValue(request)
  if (!isJsonObject(body))
    return refuse(badRequest('the request body is not a TokenRequest (authentication.k8s.io/v1)'))
  const spec = isJsonObject(body['spec']) ? body['spec'] : {}
  const expirationSeconds = secondsOf(spec['expirationSeconds'])
  const bound = boundTo(context, target, spec['boundObjectRef'])
  const audiences = audiencesOf(spec, context.tokens.issuer)
  const issuedAt = context.clock.now()
  const subject = {
    namespace: target.namespace ?? '',
    serviceAccount: { name: target.name, uid: account.metadata.uid ?? '' },
    ...(bound === undefined ? {} : { boundTo: bound }),
    audiences,
  }
  const seconds = lifetime(expirationSeconds, subject, context.tokens.issuer)
  const claims: TokenClaims = { ...subject, issuedAt, expiresAt: issuedAt + seconds * 1000 }
  const token = dryRun ? '' : context.tokens.sign(claims, context.identifiers.uid())
  const answer = {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: target.name, namespace: target.namespace, creationTimestamp: timestampOf(issuedAt) },
    spec: { ...spec, audiences, expirationSeconds },
    status: { token, expirationTimestamp: timestampOf(issuedAt + expirationSeconds * 1000) },
  }
  return encodedAnswer(201, JSON.stringify(answer), negotiated(request).encoding)
}
