/** What the routes of the Gateway API share (gateway-api.sigs.k8s.io). */
import type { KubeObject } from '../kube-object.ts'

export interface ParentReference {
  readonly group?: string
  readonly kind?: string
  readonly namespace?: string
  readonly name: string
  readonly sectionName?: string
  readonly port?: number
}

export interface BackendReference {
  readonly group?: string
  readonly kind?: string
  readonly namespace?: string
  readonly name: string
  readonly port?: number
  readonly weight?: number
}

export interface RouteSpec {
  readonly parentRefs?: readonly ParentReference[]
  readonly hostnames?: readonly string[]
}

/** TLSRoute, TCPRoute and UDPRoute. */
export interface ConnectionRoute extends KubeObject {
  readonly spec: RouteSpec & {
    readonly rules: readonly { readonly name?: string; readonly backendRefs: readonly BackendReference[] }[]
  }
}
