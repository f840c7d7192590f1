/** Messages to encoded resources, and the building blocks that many messages share. */
import {
  create,
  toBinary,
  type DescMessage,
  type JsonObject,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf'
import type { Any } from '@bufbuild/protobuf/wkt'
import type { Origin } from '../../mesh/model/origin.ts'
import { packAny, typeUrlOf } from '../proto/any.ts'
import type { EncodedResource } from '../protocol/resource.ts'
import { contentHash } from './content-hash.ts'

/** The plain form of a message, as it is written down here: what `create` takes, without ready messages. */
export type Plain<Desc extends DescMessage> = Exclude<MessageInitShape<Desc>, MessageShape<Desc>>

/** Encodes once; keep the result as long as what it was made from is the same. */
export const encodeResource = <Desc extends DescMessage>(
  schema: Desc,
  name: string,
  message: MessageInitShape<Desc>,
  origins: readonly Origin[],
): EncodedResource => rawResource(typeUrlOf(schema), name, toBinary(schema, create(schema, message)), origins)

export const rawResource = (
  typeUrl: string,
  name: string,
  body: Uint8Array,
  origins: readonly Origin[],
): EncodedResource => ({ typeUrl, name, version: contentHash(body), body, origins })

/** A message in its Any envelope. */
export const pack = <Desc extends DescMessage>(schema: Desc, message: MessageInitShape<Desc>): Any =>
  packAny(schema, create(schema, message))

/** google.protobuf.Duration. */
export const duration = (milliseconds: number): { seconds: bigint; nanos: number } => ({
  seconds: BigInt(Math.floor(milliseconds / 1000)),
  nanos: Math.round((milliseconds % 1000) * 1e6),
})

export const socketAddress = (address: string, port: number): SocketAddressInit => ({
  address: { case: 'socketAddress', value: { address, portSpecifier: { case: 'portValue', value: port } } },
})

interface SocketAddressInit {
  readonly address: {
    readonly case: 'socketAddress'
    readonly value: {
      readonly address: string
      readonly portSpecifier: { readonly case: 'portValue'; readonly value: number }
    }
  }
}

/** `metadata.filter_metadata.istio`. */
export const istioMetadata = (fields: JsonObject): { filterMetadata: { istio: JsonObject } } => ({
  filterMetadata: { istio: fields },
})

/** Resources by name; a later one of the same name is ignored. */
export const byName = (resources: Iterable<EncodedResource>): ReadonlyMap<string, EncodedResource> => {
  const map = new Map<string, EncodedResource>()
  for (const resource of resources) if (!map.has(resource.name)) map.set(resource.name, resource)
  return map
}

/** One origin per object and field, in order of appearance. */
export const uniqueOrigins = (origins: Iterable<Origin>): readonly Origin[] => {
  const unique = new Map<string, Origin>()
  for (const origin of origins) {
    unique.set(`${origin.kind} ${origin.namespace} ${origin.name} ${origin.field ?? ''}`, origin)
  }
  return [...unique.values()]
}
