import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { arbitraryObject } from './arbitrary-object.conformance.ts'
import { decodeProtobufObject } from './decode-object.ts'
import { encodeProtobufObject, hasProtobuf, protobufFrames } from './encode-object.ts'

const kinds = [
  ['v1', 'Binding'],
  ['v1', 'ConfigMap'],
  ['v1', 'Endpoints'],
  ['v1', 'Event'],
  ['v1', 'Namespace'],
  ['v1', 'Node'],
  ['v1', 'Pod'],
  ['v1', 'Secret'],
  ['v1', 'Service'],
  ['v1', 'ServiceAccount'],
  ['v1', 'Status'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'ReplicaSet'],
  ['autoscaling/v1', 'Scale'],
  ['coordination.k8s.io/v1', 'Lease'],
  ['discovery.k8s.io/v1', 'EndpointSlice'],
  ['policy/v1', 'Eviction'],
  ['meta.k8s.io/v1', 'PartialObjectMetadata'],
  ['apps/v1', 'DeleteOptions'],
] as const

const anyObject = fc
  .constantFrom(...kinds)
  .chain(([apiVersion, kind]) =>
    arbitraryObject(kind).map((object) => ({ apiVersion, ...object, ...{ kind } })),
  )

const encoded = (object: Parameters<typeof encodeProtobufObject>[0]): Buffer => {
  const body = encodeProtobufObject(object)
  if (body === undefined) throw new Error('no message')
  return body
}

describe('an object', () => {
  test.prop([anyObject])('comes back as it went', (object) => {
    expect(decodeProtobufObject(encoded(object))).toEqual({ ok: true, value: object })
  })

  test.prop([anyObject, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 })])(
    'whose bytes were changed is another one or malformed, never a crash',
    (object, changes) => {
      const body = encoded(object)
      for (const [at, byte] of changes) body[4 + (at % (body.length - 4))] = byte
      const decoded = decodeProtobufObject(body)
      expect(decoded.ok || ['malformed', 'unknown-kind'].includes(decoded.error.reason)).toBe(true)
    },
  )

  test.prop([anyObject, fc.double({ min: 0, max: 1, noNaN: true })])('cut short neither', (object, part) => {
    const body = encoded(object)
    const decoded = decodeProtobufObject(body.subarray(0, Math.floor(body.length * part)))
    expect(decoded.ok || ['malformed', 'unknown-kind'].includes(decoded.error.reason)).toBe(true)
  })

  it('of a kind without a message has no encoding', () => {
    expect(encodeProtobufObject({ apiVersion: 'networking.istio.io/v1', kind: 'Gateway' })).toBeUndefined()
    expect(hasProtobuf('networking.istio.io/v1', 'Gateway')).toBe(false)
  })
})

describe('a list', () => {
  it('is read as its items', () => {
    const metadata = { resourceVersion: '7', continue: 'next' }
    const items = [{ metadata: { name: 'a' }, data: { k: 'v' } }, { metadata: { name: 'b' } }]
    const list = { apiVersion: 'v1', kind: 'ConfigMapList', metadata, items }
    expect(decodeProtobufObject(encoded(list))).toEqual({ ok: true, value: list })
  })
})

describe('a watch', () => {
  it('is frames of events', async () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }
    const line = `${JSON.stringify({ type: 'ADDED', object })}\n`
    const lines = async function* (): AsyncGenerator<string> {
      yield line + line
    }
    for await (const chunk of protobufFrames(lines())) {
      const frame = Buffer.from(chunk)
      const length = frame.readUInt32BE(0)
      expect(frame.length).toBe(2 * (4 + length))
      // WatchEvent{type: "ADDED", object: RawExtension{raw: body}}
      const body = encoded(object)
      const event = [0x0a, 5, ...Buffer.from('ADDED'), 0x12, body.length + 2, 0x0a, body.length, ...body]
      expect([...frame.subarray(4, 4 + length)]).toEqual(event)
    }
  })
})
