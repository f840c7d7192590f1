/** EndpointSlice (discovery.k8s.io/v1): addresses behind a Service, in pieces. */
import type { ObjectReference } from '../core/object-reference.ts'
import type { KubeObject } from '../kube-object.ts'

export interface EndpointConditions {
  readonly ready?: boolean
  readonly serving?: boolean
  readonly terminating?: boolean
}

export interface Endpoint {
  readonly addresses: readonly string[]
  readonly conditions?: EndpointConditions
  readonly hostname?: string
  readonly nodeName?: string
  readonly zone?: string
  readonly targetRef?: ObjectReference
  readonly deprecatedTopology?: Readonly<Record<string, string>>
}

export interface EndpointPort {
  readonly name?: string
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP'
  readonly port?: number
  readonly appProtocol?: string
}

/** The Service of a slice is named by its label `kubernetes.io/service-name`. */
export interface EndpointSlice extends KubeObject {
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN'
  readonly endpoints: readonly Endpoint[]
  readonly ports?: readonly EndpointPort[]
}
