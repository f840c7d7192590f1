/** Requests of both dialects from the wire into the state machine's words. */
import { fromBinary } from '@bufbuild/protobuf'
import type { JsonObject } from '../../primitives/json-value.ts'
import { isJsonObject } from '../../primitives/json-value.ts'
import {
  DeltaDiscoveryRequestSchema,
  DiscoveryRequestSchema,
} from '../proto/generated/envoy/service/discovery/v3/discovery_pb.js'
import type { AdsRequest, Dialect } from './ads-session.ts'

export interface NodeOfRequest {
  readonly id: string
  readonly metadata: JsonObject
}

export interface DecodedRequest {
  readonly request: AdsRequest
  /** Only in the first request of a stream, as a rule. */
  readonly node: NodeOfRequest | undefined
}

/** Decodes a DeltaDiscoveryRequest or a DiscoveryRequest. Throws on bytes that are neither. */
export const decodeRequest = (dialect: Dialect, bytes: Uint8Array): DecodedRequest =>
  dialect === 'delta' ? decodeDelta(bytes) : decodeSotw(bytes)

const nodeOf = (
  node: { readonly id: string; readonly metadata?: unknown } | undefined,
): NodeOfRequest | undefined =>
  node === undefined ? undefined : { id: node.id, metadata: isJsonObject(node.metadata) ? node.metadata : {} }

const errorOf = (detail: { readonly message: string } | undefined): string | undefined =>
  detail === undefined ? undefined : detail.message || 'the proxy gave no reason'

const decodeDelta = (bytes: Uint8Array): DecodedRequest => {
  const message = fromBinary(DeltaDiscoveryRequestSchema, bytes)
  return {
    node: nodeOf(message.node),
    request: {
      typeUrl: message.typeUrl,
      nonce: message.responseNonce,
      error: errorOf(message.errorDetail),
      names: {
        dialect: 'delta',
        subscribe: message.resourceNamesSubscribe,
        unsubscribe: message.resourceNamesUnsubscribe,
        versions: new Map(Object.entries(message.initialResourceVersions)),
      },
    },
  }
}

const decodeSotw = (bytes: Uint8Array): DecodedRequest => {
  const message = fromBinary(DiscoveryRequestSchema, bytes)
  return {
    node: nodeOf(message.node),
    request: {
      typeUrl: message.typeUrl,
      nonce: message.responseNonce,
      error: errorOf(message.errorDetail),
      names: { dialect: 'sotw', all: message.resourceNames },
    },
  }
}
