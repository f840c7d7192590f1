import type { ResourceRef, WritePort } from '../../machinery/ports.ts'
import { CodedError } from '../../primitives/coded-error.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import type { IssueToken } from './service-account-tokens.ts'

/** authentication.k8s.io/v1 TokenRequest, as a kubelet asks it. */
interface TokenRequestObject extends KubeObject {
  readonly spec: {
    readonly audiences: readonly string[]
    readonly expirationSeconds: number
    readonly boundObjectRef: {
      readonly apiVersion: 'v1'
      readonly kind: 'Pod'
      readonly name: string
      readonly uid: string
    }
  }
  readonly status?: { readonly token?: string }
}

const tokens: ResourceRef = {
  group: '',
  version: 'v1',
  plural: 'serviceaccounts',
  subresource: 'token',
}

/** Asks the API server. Throws its ApiError, or CodedError `token-missing`. */
export const requestToken =
  (cluster: WritePort): IssueToken =>
  async ({ namespace, serviceAccount, audiences, expirationSeconds, pod }) => {
    const made = await cluster.create<TokenRequestObject>(tokens, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: { name: serviceAccount, namespace },
      spec: {
        audiences,
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: pod.name, uid: pod.uid },
      },
    })
    const token = made.status?.token
    if (token === undefined) throw new CodedError('token-missing', 'the API server gave no token')
    return token
  }
