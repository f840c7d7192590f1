/** VirtualService (networking.istio.io): where traffic for a host goes. */
import type { KubeObject } from '../kube-object.ts'
import type { Destination } from './destination.ts'
import type { HttpRoute } from './http-route.ts'
import type { IstioStatus } from './istio-status.ts'

export interface RouteDestination {
  readonly destination: Destination
  readonly weight?: number
}

export interface L4MatchAttributes {
  readonly destinationSubnets?: readonly string[]
  readonly port?: number
  readonly sourceSubnet?: string
  readonly sourceLabels?: Readonly<Record<string, string>>
  readonly gateways?: readonly string[]
  readonly sourceNamespace?: string
}

export interface TlsMatchAttributes extends L4MatchAttributes {
  readonly sniHosts?: readonly string[]
}

export interface TcpRoute {
  readonly match?: readonly L4MatchAttributes[]
  readonly route?: readonly RouteDestination[]
}

export interface TlsRoute {
  readonly match?: readonly TlsMatchAttributes[]
  readonly route?: readonly RouteDestination[]
}

export interface VirtualServiceSpec {
  readonly hosts?: readonly string[]
  readonly gateways?: readonly string[]
  readonly http?: readonly HttpRoute[]
  readonly tls?: readonly TlsRoute[]
  readonly tcp?: readonly TcpRoute[]
  readonly exportTo?: readonly string[]
}

export interface VirtualService extends KubeObject {
  readonly spec: VirtualServiceSpec
  readonly status?: IstioStatus
}
