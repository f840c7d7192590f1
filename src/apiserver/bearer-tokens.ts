/** Authentication by the token of a service account (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#service-account-tokens). */
import type { Kind } from '../resources/kind.ts'
import type { Store } from '../store/store.ts'
import type { Identity } from './admission.ts'
import { objectKey } from './stored-object.ts'
import { isJsonObject } from '../primitives/json-value.ts'

/** What a token that was signed by the cluster and has not expired says. */
export interface TokenSubject {
  readonly namespace: string
  readonly serviceAccount: { readonly name: string; readonly uid: string }
  readonly boundTo?: {
    readonly kind: 'Pod' | 'Secret' | 'Node'
    readonly object: { readonly name: string; readonly uid: string }
  }
  readonly audiences: readonly string[]
}

/** What a token is signed for; times are milliseconds since the epoch. */
export interface TokenClaims extends TokenSubject {
  readonly issuedAt: number
  readonly expiresAt: number
}

/** The tokens of the cluster's service accounts, as the API server needs them. */
export interface TokenPort {
  /** The API server's own audience too. */
  readonly issuer: string
  /** `id` makes the token one of its kind. */
  readonly sign: (claims: TokenClaims, id: string) => string
  /** Whom a token stands for; undefined when it is not valid now. */
  readonly identify: (token: string) => Identity | undefined
}

export interface BearerOptions {
  readonly store: Pick<Store, 'get'>
  readonly kinds: readonly Kind[]
  /** Undefined when the token is not the cluster's or not valid now. */
  readonly read: (token: string) => TokenSubject | undefined
  /** Tokens for other audiences say nothing to the API server. */
  readonly audience: string
}

/** The groups of a service account beside its own name. */
export const serviceAccountIdentity = (namespace: string, name: string): Identity => ({
  name: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
})

/** Tells the service account that an Authorization header names; undefined when it names none that exists. */
export type BearerIdentification = (authorization: string) => Identity | undefined

export const createBearerIdentification = (options: BearerOptions): BearerIdentification => {
  const uidOf = (kindName: string, namespace: string, name: string): string | undefined => {
    const kind = options.kinds.find((each) => each.group === '' && each.kind === kindName)
    const stored = kind && options.store.get(objectKey(kind, namespace, name))
    const object: unknown = stored === undefined ? undefined : JSON.parse(stored.value)
    const metadata = isJsonObject(object) ? object['metadata'] : undefined
    const uid = isJsonObject(metadata) ? metadata['uid'] : undefined
    return typeof uid === 'string' ? uid : undefined
  }
  return (authorization) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
    const subject = token === undefined ? undefined : options.read(token)
    if (!subject?.audiences.includes(options.audience)) return undefined
    const { namespace, serviceAccount, boundTo } = subject
    // A token ends with its account and with what it is bound to.
    if (uidOf('ServiceAccount', namespace, serviceAccount.name) !== serviceAccount.uid) return undefined
    if (boundTo !== undefined && uidOf(boundTo.kind, namespace, boundTo.object.name) !== boundTo.object.uid)
      return undefined
    return serviceAccountIdentity(namespace, serviceAccount.name)
  }
}
