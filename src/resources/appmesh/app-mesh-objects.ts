/** App Mesh's objects (appmesh.k8s.aws/v1beta2), as far as rules between their fields need them. */
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../kube-object.ts'

/** What all of App Mesh's specs have. */
export interface AppMeshObject extends KubeObject {
  readonly spec?: { readonly awsName?: string; readonly meshRef?: JsonObject }
  readonly status?: JsonObject
}

export interface Reference {
  readonly name: string
  readonly namespace?: string
}

export interface ValueMatch {
  readonly exact?: string
  readonly prefix?: string
  readonly regex?: string
  readonly suffix?: string
  readonly range?: { readonly start: number; readonly end: number }
}

export interface NamedMatch {
  readonly name: string
  readonly match?: ValueMatch
}

/** Exactly one of both. */
export interface PathMatch {
  readonly exact?: string
  readonly regex?: string
}

export interface HttpMatch {
  readonly prefix?: string
  readonly path?: PathMatch
  readonly headers?: readonly NamedMatch[]
  readonly queryParameters?: readonly {
    readonly name: string
    readonly match?: { readonly exact?: string }
  }[]
}

export interface HostMatch {
  readonly exact?: string
  readonly suffix?: string
}

export interface VirtualRouter extends AppMeshObject {
  readonly spec?: AppMeshObject['spec'] & {
    readonly routes?: readonly {
      readonly name: string
      readonly httpRoute?: { readonly match: HttpMatch }
      readonly http2Route?: { readonly match: HttpMatch }
      readonly grpcRoute?: JsonObject
      readonly tcpRoute?: JsonObject
    }[]
  }
}

export interface GatewayHttpRoute {
  readonly match: HttpMatch & { readonly hostname?: HostMatch }
  readonly action: {
    readonly rewrite?: {
      readonly hostname?: JsonObject
      readonly path?: JsonObject
      readonly prefix?: { readonly defaultPrefix?: string; readonly value?: string }
    }
  }
}

export interface GatewayGrpcRoute {
  readonly match: {
    readonly serviceName?: string
    readonly hostname?: HostMatch
    readonly metadata?: readonly NamedMatch[]
  }
}

export interface GatewayRoute extends AppMeshObject {
  readonly spec?: AppMeshObject['spec'] & {
    readonly grpcRoute?: GatewayGrpcRoute
    readonly httpRoute?: GatewayHttpRoute
    readonly http2Route?: GatewayHttpRoute
    readonly virtualGatewayRef?: JsonObject
  }
}

export interface Listener {
  readonly connectionPool?: JsonObject
}

export interface VirtualNode extends AppMeshObject {
  readonly spec?: AppMeshObject['spec'] & {
    readonly listeners?: readonly Listener[]
    readonly serviceDiscovery?: { readonly awsCloudMap?: JsonObject; readonly dns?: JsonObject }
    readonly backends?: readonly {
      readonly virtualService: {
        readonly virtualServiceRef?: Reference
        readonly virtualServiceARN?: string
      }
    }[]
  }
}

export interface VirtualGateway extends AppMeshObject {
  readonly spec?: AppMeshObject['spec'] & { readonly listeners?: readonly Listener[] }
}

export interface VirtualService extends AppMeshObject {
  readonly spec?: AppMeshObject['spec'] & {
    readonly provider?: { readonly virtualNode?: JsonObject; readonly virtualRouter?: JsonObject }
  }
}
