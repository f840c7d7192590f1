/** What Istio refuses in a RequestAuthentication beyond its schema. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { KubeObject } from '../kube-object.ts'
import { durationProblem } from './duration.ts'
import { parseKeys } from './json-web-keys.ts'
import { validatePolicyTarget } from './policy-target.ts'
import type { PolicyTarget } from './policy-target.ts'
import { requestScheme } from './request-uri.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { checked, when } from './when.ts'
import type { Findings } from './when.ts'

export interface JwtRule {
  readonly issuer?: string
  readonly audiences?: readonly string[]
  readonly jwksUri?: string
  readonly jwks_uri?: string
  readonly jwks?: string
  readonly fromHeaders?: readonly { readonly name?: string }[]
  readonly fromParams?: readonly string[]
  readonly fromCookies?: readonly string[]
  readonly outputClaimToHeaders?: readonly { readonly header?: string; readonly claim?: string }[]
  readonly timeout?: string
}

export interface RequestAuthentication extends KubeObject {
  readonly spec?: PolicyTarget & { readonly jwtRules?: readonly JwtRule[] }
}

const HEADER = /^[-_A-Za-z0-9]+$/
const uriProblem = (uri: string): string | undefined =>
  ['http', 'https'].includes(requestScheme(uri) ?? '')
    ? undefined
    : 'must be a URL that begins with http:// or https://'

const jwksProblem = (text: string): string | undefined => {
  const keys = parseKeys(text)
  return keys.ok ? undefined : `jwks parse error: ${keys.error}`
}

const emptyProblem = (text: string): string | undefined => (text === '' ? 'must be non-empty' : undefined)

const validateClaimHeader = (
  path: string,
  { header = '', claim = '' }: { readonly header?: string; readonly claim?: string },
): Findings => {
  if (header === '' || claim === '') {
    return [required(path, 'outputClaimToHeaders header and claim value must be non-empty')]
  }
  return when(!HEADER.test(header), invalid(child(path, 'header'), header, 'is not a valid header name'))
}

const KEY_SOURCES = ['jwksUri', 'jwks_uri', 'jwks'] as const

const validateRule = (path: string, rule: JwtRule): Findings => {
  const uri = rule.jwksUri ?? rule.jwks_uri ?? ''
  const sources = KEY_SOURCES.filter((field) => (rule[field] ?? undefined) !== undefined)
  return [
    ...when(
      sources.length > 1,
      forbidden(path, `only one of jwks or jwksUri can be set, not ${sources.join(' and ')}; keep one`),
    ),
    ...when(
      (rule.issuer ?? '') === '' && uri === '',
      required(child(path, 'issuer'), 'issuer or jwksUri must be set'),
    ),
    ...(['jwksUri', 'jwks_uri'] as const).flatMap((field) =>
      checked(child(path, field), rule[field], uriProblem),
    ),
    ...((rule.jwks ?? '') === '' ? [] : checked(child(path, 'jwks'), rule.jwks, jwksProblem)),
    ...(['audiences', 'fromParams', 'fromCookies'] as const).flatMap((field) =>
      itemsAt(child(path, field), rule[field] ?? []).flatMap((entry) =>
        checked(entry.path, entry.value, emptyProblem),
      ),
    ),
    ...itemsAt(child(path, 'fromHeaders'), rule.fromHeaders ?? []).flatMap((entry) =>
      checked(child(entry.path, 'name'), entry.value.name ?? '', emptyProblem),
    ),
    ...itemsAt(child(path, 'outputClaimToHeaders'), rule.outputClaimToHeaders ?? []).flatMap((entry) =>
      validateClaimHeader(entry.path, entry.value),
    ),
    ...checked(child(path, 'timeout'), rule.timeout, durationProblem),
  ]
}

export const validateRequestAuthentication = (object: RequestAuthentication): Findings => [
  ...validateIstioMetadata(object),
  ...validatePolicyTarget(object.spec ?? {}),
  ...itemsAt('spec.jwtRules', object.spec?.jwtRules ?? []).flatMap(({ path, value }) =>
    validateRule(path, value),
  ),
]
