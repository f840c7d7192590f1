import { create, fromBinary } from '@bufbuild/protobuf'
import { anyUnpack } from '@bufbuild/protobuf/wkt'
import { expect, test } from 'vitest'
import { packAny, packTypedStruct, typeUrlOf } from './any.ts'
import { ClusterSchema } from './generated/envoy/config/cluster/v3/cluster_pb.js'
import { RouterSchema } from './generated/envoy/extensions/filters/http/router/v3/router_pb.js'
import { TypedStructSchema } from './generated/xds/type/v3/typed_struct_pb.js'

test('a type URL carries the full name of the message', () => {
  expect(typeUrlOf(ClusterSchema)).toBe('type.googleapis.com/envoy.config.cluster.v3.Cluster')
})

test('a packed message unpacks to itself', () => {
  const router = create(RouterSchema, { suppressEnvoyHeaders: true })
  const any = packAny(RouterSchema, router)
  expect(any.typeUrl).toBe('type.googleapis.com/envoy.extensions.filters.http.router.v3.Router')
  expect(anyUnpack(any, RouterSchema)).toEqual(router)
})

test('an unknown extension travels as a TypedStruct that names it', () => {
  const typeUrl = 'type.googleapis.com/envoy.extensions.access_loggers.stats.v3.Config'
  const any = packTypedStruct(typeUrl, { stat_prefix: 'istio', counters: [{ name: 'requests_total' }] })
  expect(any.typeUrl).toBe('type.googleapis.com/xds.type.v3.TypedStruct')
  const inner = fromBinary(TypedStructSchema, any.value)
  expect(inner.typeUrl).toBe(typeUrl)
  expect(inner.value).toEqual({ stat_prefix: 'istio', counters: [{ name: 'requests_total' }] })
})
