/** One ADS client that asks as Envoy asks, and counts what it is sent. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { BinaryReader } from '@bufbuild/protobuf/wire'
import { credentials, Client } from '@grpc/grpc-js'
import {
  ClusterSchema,
  Cluster_DiscoveryType,
} from '../src/xds/proto/generated/envoy/config/cluster/v3/cluster_pb.js'
import { ListenerSchema } from '../src/xds/proto/generated/envoy/config/listener/v3/listener_pb.js'
import { RouteConfigurationSchema } from '../src/xds/proto/generated/envoy/config/route/v3/route_pb.js'
import { HttpConnectionManagerSchema } from '../src/xds/proto/generated/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js'
import {
  DeltaDiscoveryRequestSchema,
  DiscoveryRequestSchema,
} from '../src/xds/proto/generated/envoy/service/discovery/v3/discovery_pb.js'
import {
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  LISTENER_TYPE,
  ROUTE_TYPE,
  VIRTUAL_HOST_TYPE,
} from '../src/xds/protocol/ads-port.ts'

export type Dialect = 'delta' | 'sotw'

export interface Received {
  readonly typeUrl: string
  readonly bytes: number
  /** Names of the response's resources. */
  readonly names: readonly string[]
}

interface Resource {
  readonly name: string
  readonly body: Uint8Array
}

interface Response {
  readonly typeUrl: string
  readonly nonce: string
  readonly version: string
  readonly resources: readonly Resource[]
}

/** Calls `field` with each length-delimited field of a message; skips the rest. */
const eachField = (bytes: Uint8Array, field: (number: number, value: Uint8Array) => void): void => {
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag()
    if (wireType === 2) field(number, reader.bytes())
    else reader.skip(wireType)
  }
}

const decoder = new TextDecoder()

/** The value of a google.protobuf.Any. */
const anyValue = (bytes: Uint8Array): Uint8Array => {
  let value: Uint8Array = new Uint8Array()
  eachField(bytes, (number, field) => (value = number === 2 ? field : value))
  return value
}

/** Only what the benchmark needs: fifty clients that decode everything would measure themselves. */
const decodeResponse = (dialect: Dialect, bytes: Uint8Array): Response => {
  let typeUrl = ''
  let nonce = ''
  let version = ''
  const resources: Resource[] = []
  eachField(bytes, (number, value) => {
    if (number === 1) version = decoder.decode(value)
    if (number === 4) typeUrl = decoder.decode(value)
    if (number === 5) nonce = decoder.decode(value)
    if (number !== 2) return
    if (dialect === 'sotw') {
      const body = anyValue(value)
      // `name` is field 1 of every type that is served, `cluster_name` of endpoints too.
      let name = ''
      eachField(body, (field, text) => (name = field === 1 && name === '' ? decoder.decode(text) : name))
      resources.push({ name, body })
      return
    }
    let name = ''
    let body: Uint8Array = new Uint8Array()
    eachField(value, (field, part) => {
      if (field === 3) name = decoder.decode(part)
      if (field === 2) body = anyValue(part)
    })
    resources.push({ name, body })
  })
  return { typeUrl, nonce, version, resources }
}

/** What a resource makes its holder ask for next. */
const dependencies = (typeUrl: string, body: Uint8Array): readonly (readonly [string, string])[] => {
  switch (typeUrl) {
    case CLUSTER_TYPE: {
      const cluster = fromBinary(ClusterSchema, body)
      const type = cluster.clusterDiscoveryType
      if (type.case !== 'type' || type.value !== Cluster_DiscoveryType.EDS) return []
      return [[ENDPOINT_TYPE, cluster.edsClusterConfig?.serviceName || cluster.name]]
    }
    case LISTENER_TYPE: {
      const listener = fromBinary(ListenerSchema, body)
      const chains = [
        ...listener.filterChains,
        ...(listener.defaultFilterChain ? [listener.defaultFilterChain] : []),
      ]
      return chains.flatMap(({ filters }) =>
        filters.flatMap(({ configType }): readonly (readonly [string, string])[] => {
          if (configType.case !== 'typedConfig') return []
          if (!configType.value.typeUrl.endsWith('.HttpConnectionManager')) return []
          const { routeSpecifier } = fromBinary(HttpConnectionManagerSchema, configType.value.value)
          return routeSpecifier.case === 'rds' ? [[ROUTE_TYPE, routeSpecifier.value.routeConfigName]] : []
        }),
      )
    }
    case ROUTE_TYPE:
      return fromBinary(RouteConfigurationSchema, body).vhds === undefined ? [] : [[VIRTUAL_HOST_TYPE, '']]
    default:
      return []
  }
}

/** Dependencies by content: what fifty clients are sent alike is decoded once. */
export type DependencyMemo = Map<string, readonly (readonly [string, string])[]>

const dependenciesOf = (memo: DependencyMemo, typeUrl: string, resource: Resource) => {
  const key = `${typeUrl} ${resource.name} ${resource.body.length}`
  const known = memo.get(key) ?? dependencies(typeUrl, resource.body)
  memo.set(key, known)
  return known
}

export interface XdsClientOptions {
  readonly address: string
  readonly dialect: Dialect
  /** `sidecar~10.244.200.1~name.namespace~namespace.svc.cluster.local` */
  readonly nodeId: string
  readonly metadata: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly memo: DependencyMemo
  readonly onReceived: (received: Received) => void
  readonly onEnd: (reason: string) => void
}

export interface XdsClient {
  /** Endpoints of these clusters were asked for and have not come. */
  readonly missingEndpoints: () => number
  readonly close: () => void
}

const path = (dialect: Dialect): string =>
  `/envoy.service.discovery.v3.AggregatedDiscoveryService/${dialect === 'delta' ? 'Delta' : 'Stream'}AggregatedResources`

const same = (bytes: Buffer): Buffer => bytes

/** Connects, asks for clusters and listeners, then for what they name, and acknowledges all. */
export const openXdsClient = (options: XdsClientOptions): XdsClient => {
  const { dialect, memo } = options
  const client = new Client(options.address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    // Each client has a connection of its own, as each Envoy has.
    'grpc.use_local_subchannel_pool': 1,
  })
  const stream = client.makeBidiStreamRequest(path(dialect), same, same)
  const asked = new Map<string, Set<string>>()
  const missing = new Set<string>()
  let node: { readonly id: string; readonly metadata: XdsClientOptions['metadata'] } | undefined = {
    id: options.nodeId,
    metadata: options.metadata,
  }

  const send = (typeUrl: string, names: readonly string[], answered?: Response): void => {
    const head = { typeUrl, ...(node === undefined ? {} : { node }), responseNonce: answered?.nonce ?? '' }
    node = undefined
    const body =
      dialect === 'delta'
        ? toBinary(
            DeltaDiscoveryRequestSchema,
            create(DeltaDiscoveryRequestSchema, { ...head, resourceNamesSubscribe: [...names] }),
          )
        : toBinary(
            DiscoveryRequestSchema,
            create(DiscoveryRequestSchema, {
              ...head,
              versionInfo: answered?.version ?? '',
              resourceNames: [...(asked.get(typeUrl) ?? [])],
            }),
          )
    stream.write(Buffer.from(body))
  }

  /** Asks for names not asked for yet; VHDS is one subscription without names. */
  const ask = (typeUrl: string, names: readonly string[]): void => {
    const known = asked.get(typeUrl)
    const fresh = names.filter((name) => name !== '' && known?.has(name) !== true)
    if (known !== undefined && fresh.length === 0) return
    asked.set(typeUrl, new Set([...(known ?? []), ...fresh]))
    if (typeUrl === ENDPOINT_TYPE) for (const name of fresh) missing.add(name)
    send(typeUrl, fresh)
  }

  stream.on('data', (message: Buffer) => {
    const response = decodeResponse(dialect, message)
    const { typeUrl, resources } = response
    send(typeUrl, [], response)
    const wanted = new Map<string, string[]>()
    for (const resource of resources) {
      if (typeUrl === ENDPOINT_TYPE) missing.delete(resource.name)
      for (const [type, name] of dependenciesOf(memo, typeUrl, resource)) {
        const names = wanted.get(type)
        if (names === undefined) wanted.set(type, [name])
        else names.push(name)
      }
    }
    for (const [type, names] of wanted)
      if (type !== VIRTUAL_HOST_TYPE || dialect === 'delta') ask(type, names)
    options.onReceived({ typeUrl, bytes: message.length, names: resources.map(({ name }) => name) })
  })
  stream.on('error', (error: Error) => options.onEnd(error.message))
  stream.on('end', () => options.onEnd('the server ended the stream'))
  ask(CLUSTER_TYPE, [])
  ask(LISTENER_TYPE, [])
  return {
    missingEndpoints: () => missing.size,
    close: () => {
      stream.cancel()
      client.close()
    },
  }
}
