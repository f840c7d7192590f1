/**
 * Envoy's protobuf messages: `generated/` holds one module per .proto file (types beside them), made by
 * `npm run generate` and never committed; import them as `./generated/envoy/config/cluster/v3/cluster_pb.js`.
 * This file packs them into google.protobuf.Any.
 */
import { create, toBinary, type DescMessage, type JsonObject, type MessageShape } from '@bufbuild/protobuf'
import { AnySchema, type Any } from '@bufbuild/protobuf/wkt'
import { TypedStructSchema } from './generated/xds/type/v3/typed_struct_pb.js'

/** `type.googleapis.com/envoy.config.cluster.v3.Cluster` for ClusterSchema. */
export const typeUrlOf = (schema: DescMessage): string => `type.googleapis.com/${schema.typeName}`

/** A message in its Any envelope, as every `typed_config` of Envoy wants it. */
export const packAny = <Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): Any =>
  create(AnySchema, { typeUrl: typeUrlOf(schema), value: toBinary(schema, message) })

/**
 * The configuration of an extension that these .proto files do not know (newer than them), as xds.type.v3.TypedStruct.
 * `typeUrl` names the real message, e.g. `type.googleapis.com/envoy.extensions.access_loggers.stats.v3.Config`.
 */
export const packTypedStruct = (typeUrl: string, value: JsonObject): Any =>
  packAny(TypedStructSchema, create(TypedStructSchema, { typeUrl, value }))
