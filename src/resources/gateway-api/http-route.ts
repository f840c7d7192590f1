/** HTTPRoute and GRPCRoute (gateway.networking.k8s.io), as far as rules between their fields need them. */
import type { KubeObject } from '../kube-object.ts'
import type { BackendReference, RouteSpec } from './route-parts.ts'

export interface PathModifier {
  readonly type: string
  readonly replaceFullPath?: string
  readonly replacePrefixMatch?: string
}

export interface RequestMirror {
  readonly backendRef: BackendReference
  readonly percent?: number
  readonly fraction?: { readonly numerator: number; readonly denominator?: number }
}

export interface ExternalAuth {
  readonly protocol: string
  readonly backendRef: BackendReference
  readonly grpc?: object
  readonly http?: object
}

export interface CorsSettings {
  readonly allowOrigins?: readonly string[]
  readonly allowMethods?: readonly string[]
  readonly allowHeaders?: readonly string[]
}

export interface RouteFilter {
  readonly type: string
  readonly requestHeaderModifier?: object
  readonly responseHeaderModifier?: object
  readonly requestMirror?: RequestMirror
  readonly requestRedirect?: { readonly path?: PathModifier }
  readonly urlRewrite?: { readonly path?: PathModifier }
  readonly cors?: CorsSettings
  readonly externalAuth?: ExternalAuth
  readonly extensionRef?: object
}

export interface SessionPersistence {
  readonly type?: string
  readonly absoluteTimeout?: string
  readonly cookieConfig?: { readonly lifetimeType?: string }
  readonly cookie?: { readonly lifetimeType?: string }
  readonly header?: { readonly name: string }
}

export interface FilteredBackend extends BackendReference {
  readonly filters?: readonly RouteFilter[]
}

export interface PathMatch {
  readonly type?: string
  readonly value?: string
}

export interface HttpRouteRule {
  readonly name?: string
  readonly matches?: readonly { readonly path?: PathMatch }[]
  readonly filters?: readonly RouteFilter[]
  readonly backendRefs?: readonly FilteredBackend[]
  readonly timeouts?: { readonly request?: string; readonly backendRequest?: string }
  readonly sessionPersistence?: SessionPersistence
}

export interface HttpRoute extends KubeObject {
  readonly spec: RouteSpec & { readonly rules?: readonly HttpRouteRule[] }
}

export interface GrpcMethodMatch {
  readonly type?: string
  readonly service?: string
  readonly method?: string
}

export interface GrpcRouteRule {
  readonly name?: string
  readonly matches?: readonly { readonly method?: GrpcMethodMatch }[]
  readonly filters?: readonly RouteFilter[]
  readonly backendRefs?: readonly FilteredBackend[]
  readonly sessionPersistence?: SessionPersistence
}

export interface GrpcRoute extends KubeObject {
  readonly spec: RouteSpec & { readonly rules?: readonly GrpcRouteRule[] }
}
