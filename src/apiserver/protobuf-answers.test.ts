/** Clients that take nothing but protobuf, as informers of client-go that were told so. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRig, requestOf, type Rig } from './api-server-rig.conformance.ts'
import { decodeProtobufObject, protobufMediaType } from './protobuf/decode-object.ts'
import { encodeProtobufObject } from './protobuf/encode-object.ts'

let rig: Rig

const accept = protobufMediaType
const configMaps = '/api/v1/namespaces/default/configmaps'
const gateways = '/apis/networking.istio.io/v1/gateways'

beforeAll(async () => {
  rig = await createRig()
  await rig.call('POST', configMaps, { metadata: { name: 'a' }, data: { k: 'v' } })
})
afterAll(async () => {
  await rig.close()
})

/** What the answer's bytes say, and as what they go out. */
const protobufOf = async (
  method: string,
  url: string,
  headers: Readonly<Record<string, string>> = { accept },
): Promise<readonly [string, unknown]> => {
  const answer = await rig.server.answer(requestOf(method, url, { headers }))
  if (answer.kind !== 'body') throw new Error(answer.kind)
  const decoded = decodeProtobufObject(Buffer.from(answer.body))
  return [answer.contentType, decoded.ok ? decoded.value : decoded.error]
}

describe('a client that takes protobuf alone', () => {
  it('gets an object', async () => {
    const { body } = await rig.call('GET', `${configMaps}/a`)
    expect(await protobufOf('GET', `${configMaps}/a`)).toEqual([protobufMediaType, body])
  })

  it('gets a list', async () => {
    const [, list] = await protobufOf('GET', configMaps)
    expect(list).toMatchObject({
      apiVersion: 'v1',
      kind: 'ConfigMapList',
      metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
      items: [{ metadata: { name: 'a' }, data: { k: 'v' } }],
    })
  })

  it('gets metadata alone, of custom resources too', async () => {
    const headers = { accept: `${accept};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1` }
    expect(await protobufOf('GET', gateways, headers)).toMatchObject([
      protobufMediaType,
      { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' },
    ])
  })

  it('watches', async () => {
    const stop = new AbortController()
    const answer = await rig.server.answer(
      requestOf('GET', `${configMaps}?watch=1`, { headers: { accept }, signal: stop.signal }),
    )
    if (answer.kind !== 'stream') throw new Error(answer.kind)
    expect(answer.contentType).toBe(`${protobufMediaType};stream=watch`)
    for await (const chunk of answer.chunks) {
      const frame = Buffer.from(chunk)
      expect(frame.length).toBe(4 + frame.readUInt32BE(0))
      const decoded = decodeProtobufObject(frame.subarray(frame.indexOf('k8s\0')))
      expect(decoded).toMatchObject({ value: { kind: 'ConfigMap', metadata: { name: 'a' } } })
      break
    }
    stop.abort()
  })

  it.each(['', '?watch=1'])('has no custom resources%s', async (query) => {
    const headers = { accept }
    expect(await rig.call('GET', `${gateways}${query}`, undefined, headers)).toMatchObject({
      code: 406,
      body: { reason: 'NotAcceptable' },
    })
  })
})

it('nothing is written whose answer nobody accepts', async () => {
  const body = { metadata: { name: 'unacceptable' } }
  expect((await rig.call('POST', configMaps, body, { accept: 'text/html' })).code).toBe(406)
  expect((await rig.call('GET', `${configMaps}/unacceptable`)).code).toBe(404)
})

describe('DeleteOptions in protobuf', () => {
  it('are minded', async () => {
    const options = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'another' } }
    const body = encodeProtobufObject(options) ?? Buffer.alloc(0)
    const answer = await rig.server
      .answer({
        ...requestOf('DELETE', `${configMaps}/a`, { headers: { 'content-type': protobufMediaType } }),
        readBody: () => Promise.resolve({ ok: true, value: body }),
      })
      .catch((error: unknown) => error)
    expect(answer).toMatchObject({ code: 409 })
  })
})
