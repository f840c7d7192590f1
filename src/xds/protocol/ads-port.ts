/** The port between the control plane (what each proxy is to hold) and the ADS server (what each proxy was told). */
import type { Snapshot } from './resource.ts'

/**
 * Who is at the other end of an ADS stream, parsed from the Node message of its first request.
 * Istio's node id is `<type>~<ip>~<pod>.<namespace>~<namespace>.svc.<domain>`.
 */
export interface ProxyIdentity {
  /** `node.id`, as sent. */
  readonly id: string
  readonly type: 'sidecar' | 'router'
  /** First address of the node id. */
  readonly ip: string
  /** Third part of the node id without its namespace: the pod's name. */
  readonly name: string
  /** `metadata.NAMESPACE`, else the namespace in the node id. */
  readonly namespace: string
  /** `metadata.LABELS`. */
  readonly labels: Readonly<Record<string, string>>
  /** `metadata.SERVICE_ACCOUNT`, '' when absent. */
  readonly serviceAccount: string
  /** DNS domain of the node id, e.g. `default.svc.cluster.local`. */
  readonly dnsDomain: string
  /** The whole `node.metadata` as JSON. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** True on a DeltaAggregatedResources stream: its route tables travel by VHDS. */
  readonly delta: boolean
}

/** One open ADS stream. `id` is unique for the life of the server. */
export interface AdsConnection {
  readonly id: string
  readonly proxy: ProxyIdentity
}

/** A proxy refused a response. The server has kept, for this proxy, the last resources that it accepted. */
export interface AdsRejection {
  readonly typeUrl: string
  /** Envoy's words (`error_detail.message`). */
  readonly message: string
  /**
   * The resources at fault, name to version (`''` for a refused removal): the others of the refused response are
   * sent again without them.
   */
  readonly resources: ReadonlyMap<string, string>
}

/** What the control plane hears. Called synchronously and never concurrently; an implementation must not throw. */
export interface AdsObserver {
  /** The first request named the proxy. The server answers nothing until `setSnapshot` was called for it. */
  readonly onConnect: (connection: AdsConnection) => void
  readonly onDisconnect: (connection: AdsConnection) => void
  /**
   * The proxy acknowledged one response. `resources` holds what that response carried (name to version,
   * `''` for a removed name); the proxy keeps what earlier acknowledged responses gave it.
   */
  readonly onAcknowledged: (
    connection: AdsConnection,
    typeUrl: string,
    resources: ReadonlyMap<string, string>,
  ) => void
  readonly onRejected: (connection: AdsConnection, rejection: AdsRejection) => void
  /**
   * A delta client took its route tables and did not ask for their virtual hosts: it does not know VHDS (Envoy asks
   * before it acknowledges). From now on it is to get complete route tables.
   */
  readonly onWithoutVirtualHosts: (connection: AdsConnection) => void
}

/** Implemented by `xds/serve`; held by `control-plane`. */
export interface AdsServer {
  /** The open streams whose proxy is known. */
  readonly connections: ReadonlyMap<string, AdsConnection>
  /** Sets the one observer; connections that are already open are reported to it by `onConnect` at once. */
  readonly observe: (observer: AdsObserver) => void
  /**
   * What this connection is to hold from now on. Immutable; a map that is identical to the previous snapshot's map of
   * the same type is not compared again. A connection that is gone meanwhile: no effect.
   */
  readonly setSnapshot: (connectionId: string, snapshot: Snapshot) => void
  /** What the proxy acknowledged last, name to version, of one type; empty when nothing was. */
  readonly acknowledged: (connectionId: string, typeUrl: string) => ReadonlyMap<string, string>
  /**
   * True when the proxy has answered everything of its snapshot's type; what only goes later, after the routes that
   * name it, does not count. True for a connection that is gone.
   */
  readonly isDelivered: (connectionId: string, typeUrl: string) => boolean
}

/**
 * How a snapshot carries route tables:
 * - for a delta proxy: `RouteConfiguration` shells with `vhds`, and the type VIRTUAL_HOST_TYPE with names
 *   `<route configuration>/<virtual host>`; all of them are pushed to a proxy that sent a wildcard
 *   (empty) VHDS subscription.
 * - for a state-of-the-world proxy: complete `RouteConfiguration`s and no virtual hosts.
 * The control plane sets the one that `ProxyIdentity.delta` asks for.
 */
export const VIRTUAL_HOST_TYPE = 'type.googleapis.com/envoy.config.route.v3.VirtualHost'
export const CLUSTER_TYPE = 'type.googleapis.com/envoy.config.cluster.v3.Cluster'
export const ENDPOINT_TYPE = 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment'
export const LISTENER_TYPE = 'type.googleapis.com/envoy.config.listener.v3.Listener'
export const ROUTE_TYPE = 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration'
export const SECRET_TYPE = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret'
