import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { describe, expect, test } from 'vitest'
import { decodeProtobufObject } from './decode-object.ts'

const text = (writer: BinaryWriter, field: number, value: string): BinaryWriter =>
  writer.uint32((field << 3) | 2).string(value)
const part = (writer: BinaryWriter, field: number, value: BinaryWriter): BinaryWriter =>
  writer.uint32((field << 3) | 2).bytes(value.finish())
const number = (writer: BinaryWriter, field: number, value: number): BinaryWriter =>
  writer.uint32(field << 3).int64(value)
const message = (): BinaryWriter => new BinaryWriter()
const entry = (key: string, value: string): BinaryWriter => text(text(message(), 1, key), 2, value)

const body = (apiVersion: string, kind: string, raw: BinaryWriter): Buffer => {
  const meta = text(text(message(), 1, apiVersion), 2, kind)
  return Buffer.concat([Buffer.from('k8s\0'), part(part(message(), 1, meta), 2, raw).finish()])
}

const named = (name: string): BinaryWriter => {
  // Go writes every value that is no pointer, zero or not; a zero time is an empty message.
  const metadata = text(text(text(message(), 1, name), 2, ''), 3, '')
  return part(number(metadata, 7, 0), 8, message())
}

describe('objects in protobuf', () => {
  test('what `kubectl create configmap` sends, byte for byte', () => {
    const sent = Buffer.from(
      '6b387300' +
        '0a0f0a0276311209436f6e6669674d6170' +
        '121d0a130a0366696e12001a0022002a0032003800420012060a01611201311a002200',
      'hex',
    )
    expect(decodeProtobufObject(sent)).toEqual({
      ok: true,
      value: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fin' }, data: { a: '1' } },
    })
  })

  test('bytes are base64, and a pointer to false is kept', () => {
    const secret = part(message(), 1, named('s'))
    part(secret, 2, entry('token', 's3cret'))
    text(secret, 3, 'Opaque')
    number(secret, 5, 0)
    expect(decodeProtobufObject(body('v1', 'Secret', secret))).toMatchObject({
      value: { data: { token: 'czNjcmV0' }, type: 'Opaque', immutable: false },
    })
  })

  test('no replicas are meant, no minReadySeconds are not; embedded structs lie in their parent', () => {
    const http = part(text(message(), 1, '/ready'), 2, number(message(), 2, 8080))
    const probe = part(number(message(), 2, 0), 1, part(message(), 2, http))
    const container = part(text(text(message(), 1, 'app'), 2, 'myapp:1.0'), 11, probe)
    text(text(container, 4, 'one'), 4, 'two')
    const volume = part(text(message(), 1, 'scratch'), 2, part(message(), 2, message()))
    const podSpec = part(part(message(), 2, container), 1, volume)
    const template = part(part(message(), 1, named('')), 2, podSpec)
    const spec = part(number(number(message(), 1, 0), 5, 0), 3, template)
    const deployment = part(part(message(), 1, named('d')), 2, spec)
    expect(decodeProtobufObject(body('apps/v1', 'Deployment', deployment))).toEqual({
      ok: true,
      value: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: {
          replicas: 0,
          template: {
            metadata: {},
            spec: {
              containers: [
                {
                  name: 'app',
                  image: 'myapp:1.0',
                  args: ['one', 'two'],
                  readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
                },
              ],
              volumes: [{ name: 'scratch', emptyDir: {} }],
            },
          },
        },
      },
    })
  })

  test('ports by name and by number; a target port that is zero is none', () => {
    const ports = [
      part(number(text(message(), 1, 'a'), 3, 80), 4, text(number(message(), 1, 1), 3, 'http')),
      part(number(text(message(), 1, 'b'), 3, 81), 4, number(number(message(), 1, 0), 2, 0)),
    ]
    const spec = ports.reduce((writer, port) => part(writer, 1, port), message())
    const service = part(part(message(), 1, named('s')), 2, spec)
    expect(decodeProtobufObject(body('v1', 'Service', service))).toMatchObject({
      value: {
        spec: {
          ports: [
            { name: 'a', port: 80, targetPort: 'http' },
            { name: 'b', port: 81 },
          ],
        },
      },
    })
  })

  test('fields of newer clients are left out', () => {
    const namespace = text(part(message(), 1, named('n')), 99, 'new')
    expect(decodeProtobufObject(body('v1', 'Namespace', namespace))).toEqual({
      ok: true,
      value: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } },
    })
  })

  test('malformed bytes, other kinds and a prototype are refused', () => {
    const hostile = part(part(message(), 1, named('c')), 2, entry('__proto__', 'x'))
    expect(decodeProtobufObject(Buffer.from('{}'))).toMatchObject({ error: { reason: 'malformed' } })
    expect(decodeProtobufObject(Buffer.from('k8s\0\xff\xff'))).toMatchObject({
      error: { reason: 'malformed' },
    })
    expect(decodeProtobufObject(body('v1', 'ConfigMap', hostile))).toMatchObject({
      error: { reason: 'malformed', message: expect.stringContaining('__proto__') },
    })
    expect(decodeProtobufObject(body('batch/v1beta1', 'Job', message()))).toMatchObject({
      error: { reason: 'unknown-kind' },
    })
  })
})
