import { fromBinary } from '@bufbuild/protobuf'
import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import {
  DeltaDiscoveryResponseSchema,
  DiscoveryResponseSchema,
} from '../proto/generated/envoy/service/discovery/v3/discovery_pb.js'
import { ResponseEncoder } from './encode-response.ts'
import { concatenate } from './wire-format.ts'

const resources = fc.array(
  fc.record({
    typeUrl: fc.constant('type.googleapis.com/x.Y'),
    name: fc.string({ maxLength: 300 }),
    version: fc.string(),
    body: fc.uint8Array({ maxLength: 400 }),
    origins: fc.constant([]),
  }),
)

property.prop([resources, fc.array(fc.string({ minLength: 1 })), fc.string({ minLength: 1 })])(
  "a delta response is what Envoy's own codec reads",
  (list, removed, nonce) => {
    const parts = new ResponseEncoder().encode('delta', { typeUrl: 't', nonce, resources: list, removed })
    const message = fromBinary(DeltaDiscoveryResponseSchema, concatenate(parts))
    expect(message).toMatchObject({ typeUrl: 't', nonce, removedResources: removed })
    expect(
      message.resources.map(({ name, version, resource }) => [
        name,
        version,
        resource?.typeUrl,
        resource?.value,
      ]),
    ).toEqual(list.map(({ name, version, typeUrl, body }) => [name, version, typeUrl, body]))
  },
)

property.prop([resources, fc.string({ minLength: 1 })])(
  'so is a state-of-the-world response',
  (list, nonce) => {
    const parts = new ResponseEncoder().encode('sotw', { typeUrl: 't', nonce, resources: list, removed: [] })
    const message = fromBinary(DiscoveryResponseSchema, concatenate(parts))
    expect(message).toMatchObject({ typeUrl: 't', nonce, versionInfo: nonce })
    expect(message.resources.map(({ typeUrl, value }) => [typeUrl, value])).toEqual(
      list.map(({ typeUrl, body }) => [typeUrl, body]),
    )
  },
)

test('the bytes of a resource are shared by all responses', () => {
  const encoder = new ResponseEncoder()
  const resource = { typeUrl: 't', name: 'n', version: '1', body: new Uint8Array([1, 2]), origins: [] }
  const plan = { typeUrl: 't', resources: [resource], removed: [] }
  const [first, second] = [
    encoder.encode('delta', { ...plan, nonce: '1' }),
    encoder.encode('delta', { ...plan, nonce: '2' }),
  ]
  expect(first[0]).toBe(second[0])
  expect(first[1]).toBe(resource.body)
})
