/** Tokens of service accounts: JSON Web Tokens (RFC 7519) signed with ES256 (RFC 7518), as Kubernetes issues them. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import { fail, ok, type Result } from '../primitives/result.ts'

/** An object of the API that a token names. */
export interface NamedUid {
  readonly name: string
  readonly uid: string
}

/** Whom a token stands for, and how long. Times are milliseconds since the epoch, kept in whole seconds. */
export interface ServiceAccountClaims {
  readonly namespace: string
  readonly serviceAccount: NamedUid
  /** The token ends with this object. */
  readonly boundTo?: { readonly kind: 'Pod' | 'Secret' | 'Node'; readonly object: NamedUid }
  /** Of the bound pod. */
  readonly node?: NamedUid
  readonly audiences: readonly string[]
  readonly issuedAt: number
  readonly expiresAt: number
}

/** Signs and checks the tokens of one cluster. */
export interface ServiceAccountTokens {
  /** The issuer, which is also the API server's own audience. */
  readonly issuer: string
  /** `id` makes the token one of its kind (claim `jti`). */
  readonly sign: (claims: ServiceAccountClaims, id: string) => string
  /** What the token says, when the cluster signed it and it is valid at `now`; the error is for a log. */
  readonly verify: (token: string, now: number) => Result<ServiceAccountClaims, string>
}

/** A new private key, PEM (PKCS #8). */
export const generateTokenKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()

const encode = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000)

const boundField = { Pod: 'pod', Secret: 'secret', Node: 'node' } as const

const payloadOf = (claims: ServiceAccountClaims, issuer: string, id: string): JsonObject => {
  const { namespace, serviceAccount, boundTo, node, issuedAt, expiresAt } = claims
  return {
    aud: [...claims.audiences],
    exp: seconds(expiresAt),
    iat: seconds(issuedAt),
    iss: issuer,
    jti: id,
    'kubernetes.io': {
      namespace,
      ...(node === undefined ? {} : { node: { ...node } }),
      ...(boundTo === undefined ? {} : { [boundField[boundTo.kind]]: { ...boundTo.object } }),
      serviceaccount: { ...serviceAccount },
    },
    nbf: seconds(issuedAt),
    sub: `system:serviceaccount:${namespace}:${serviceAccount.name}`,
  }
}

const parse = (part: string | undefined): JsonObject => {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'))
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}

const namedUid = (value: JsonValue | undefined): NamedUid | undefined => {
  if (!isJsonObject(value)) return undefined
  const { name, uid } = value
  return typeof name === 'string' && typeof uid === 'string' ? { name, uid } : undefined
}

const bindingOf = (private_: JsonObject): Pick<ServiceAccountClaims, 'boundTo' | 'node'> => {
  const node = namedUid(private_['node'])
  const kind = (['Pod', 'Secret', 'Node'] as const).find((each) => private_[boundField[each]] !== undefined)
  const object = kind === undefined ? undefined : namedUid(private_[boundField[kind]])
  return {
    ...(kind === undefined || object === undefined ? {} : { boundTo: { kind, object } }),
    ...(node === undefined || kind === 'Node' ? {} : { node }),
  }
}

const claimsOf = (payload: JsonObject): ServiceAccountClaims | undefined => {
  const private_ = isJsonObject(payload['kubernetes.io']) ? payload['kubernetes.io'] : {}
  const { aud, exp, iat } = payload
  const { namespace } = private_
  const serviceAccount = namedUid(private_['serviceaccount'])
  if (typeof namespace !== 'string' || serviceAccount === undefined) return undefined
  if (!Array.isArray(aud) || typeof exp !== 'number' || typeof iat !== 'number') return undefined
  return {
    namespace,
    serviceAccount,
    ...bindingOf(private_),
    audiences: aud.filter((each) => typeof each === 'string'),
    issuedAt: iat * 1000,
    expiresAt: exp * 1000,
  }
}

/** `privateKey`: PEM. Throws when it is no key. */
export const openServiceAccountTokens = (privateKey: string, issuer: string): ServiceAccountTokens => {
  const secret = createPrivateKey(privateKey)
  const open = createPublicKey(secret)
  const keyId = createHash('sha256')
    .update(open.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
  const header = encode({ alg: 'ES256', kid: keyId })
  const dsaEncoding = 'ieee-p1363'
  return {
    issuer,
    sign: (claims, id) => {
      const text = `${header}.${encode(payloadOf(claims, issuer, id))}`
      const signature = sign('sha256', Buffer.from(text), { key: secret, dsaEncoding })
      return `${text}.${signature.toString('base64url')}`
    },
    verify: (token, now) => {
      const [head = '', body = '', signature = '', ...rest] = token.split('.')
      const signed = Buffer.from(`${head}.${body}`)
      const isOurs =
        rest.length === 0 &&
        parse(head)['alg'] === 'ES256' &&
        verify('sha256', signed, { key: open, dsaEncoding }, Buffer.from(signature, 'base64url'))
      if (!isOurs) return fail('the token was not signed by this cluster')
      const payload = parse(body)
      const claims = claimsOf(payload)
      if (claims === undefined || payload['iss'] !== issuer)
        return fail('the token is not one of a service account')
      if (now >= claims.expiresAt) return fail('service account token has expired')
      return now < claims.issuedAt - 1000 ? fail('the token is not valid yet') : ok(claims)
    },
  }
}
