import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf'
import { credentials, makeClientConstructor, type ClientDuplexStream, type ServiceError } from '@grpc/grpc-js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  DeltaDiscoveryRequestSchema,
  DeltaDiscoveryResponseSchema,
  DiscoveryRequestSchema,
  DiscoveryResponseSchema,
} from '../proto/generated/envoy/service/discovery/v3/discovery_pb.js'
import {
  CLUSTER_TYPE,
  ROUTE_TYPE,
  VIRTUAL_HOST_TYPE,
  type AdsConnection,
  type AdsObserver,
} from '../protocol/ads-port.ts'
import type { Snapshot } from '../protocol/resource.ts'
import { createAdsServer, type RunningAdsServer } from './ads-server.ts'
import { adsService } from './ads-service.ts'

const node = {
  id: 'router~10.244.0.3~gw-1.istio-system~istio-system.svc.cluster.local',
  metadata: { ISTIO_VERSION: '1.28.0' },
}

const resourcesOf = (typeUrl: string, versions: Readonly<Record<string, string>>): Snapshot => ({
  resources: new Map([
    [
      typeUrl,
      new Map(
        Object.entries(versions).map(([name, version]) => [
          name,
          { typeUrl, name, version, body: new TextEncoder().encode(version), origins: [] },
        ]),
      ),
    ],
  ]),
})

const snapshotOf = (versions: Readonly<Record<string, string>>): Snapshot =>
  resourcesOf(CLUSTER_TYPE, versions)
const routesOf = (versions: Readonly<Record<string, string>>): Snapshot => resourcesOf(ROUTE_TYPE, versions)

type Stream = ClientDuplexStream<Buffer, Buffer>
const Client = makeClientConstructor(adsService, 'ads')

const nextOf = async (stream: Stream): Promise<Buffer> => {
  const [message]: Buffer[] = await once(stream, 'data')
  if (message === undefined) throw new Error('no message')
  return message
}
const delta = (init: MessageInitShape<typeof DeltaDiscoveryRequestSchema>): Buffer =>
  Buffer.from(toBinary(DeltaDiscoveryRequestSchema, create(DeltaDiscoveryRequestSchema, init)))

describe('the ADS server', () => {
  let server: RunningAdsServer
  let port: number
  const clients: { close: () => void }[] = []

  const open = (method: 'DeltaAggregatedResources' | 'StreamAggregatedResources', at = port): Stream => {
    const client = new Client(`127.0.0.1:${at}`, credentials.createInsecure())
    clients.push(client)
    const same = (bytes: Buffer): Buffer => bytes
    return client.makeBidiStreamRequest(
      `/envoy.service.discovery.v3.AggregatedDiscoveryService/${method}`,
      same,
      same,
    )
  }

  /** What the observer heard, in words; new connections get this snapshot. */
  let heard: string[] = []
  const observer = (first: Snapshot | undefined, log = heard): AdsObserver => ({
    onConnect: ({ id, proxy }: AdsConnection) => {
      log.push(`connect ${proxy.type} ${proxy.name}`)
      if (first !== undefined) server.setSnapshot(id, first)
    },
    onDisconnect: () => log.push('disconnect'),
    onAcknowledged: (_connection, _type, resources) => {
      log.push(`ack ${[...resources].map(([name, version]) => `${name}=${version}`).join(' ')}`)
    },
    onRejected: (_connection, { message, resources }) => {
      log.push(`nack ${[...resources.keys()].join(' ')}: ${message}`)
    },
    onWithoutVirtualHosts: ({ proxy }) => log.push(`without virtual hosts ${proxy.name}`),
  })

  const until = async (condition: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 200 && !condition(); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(condition()).toBe(true)
  }

  beforeEach(async () => {
    heard = []
    server = createAdsServer({ log: () => undefined })
    port = await server.listen('127.0.0.1:0')
  })
  afterEach(() => {
    for (const client of clients.splice(0)) client.close()
    server.close()
  })

  test('serves a delta client, and tells what it took, refused and that it left', async () => {
    server.observe(observer(snapshotOf({ a: '1' })))
    const stream = open('DeltaAggregatedResources')
    stream.on('error', () => undefined)
    stream.write(delta({ typeUrl: CLUSTER_TYPE, node }))
    const first = fromBinary(DeltaDiscoveryResponseSchema, await nextOf(stream))
    expect(first.resources.map(({ name, version }) => [name, version])).toEqual([['a', '1']])
    stream.write(delta({ typeUrl: CLUSTER_TYPE, responseNonce: first.nonce }))
    await until(() => heard.includes('ack a=1'))
    const [id] = [...server.connections.keys()]
    server.setSnapshot(id!, snapshotOf({ a: 'bad' }))
    const second = fromBinary(DeltaDiscoveryResponseSchema, await nextOf(stream))
    stream.write(
      delta({ typeUrl: CLUSTER_TYPE, responseNonce: second.nonce, errorDetail: { code: 3, message: 'no' } }),
    )
    await until(() => heard.includes('nack a: no'))
    expect([...server.acknowledged(id!, CLUSTER_TYPE)]).toEqual([['a', '1']])
    expect(server.syncStatus()).toMatchObject([
      {
        name: 'gw-1',
        type: 'router',
        version: '1.28.0',
        generation: 2,
        heldGeneration: 1,
        types: {
          cds: { state: 'NACK', refused: [{ name: 'a', version: 'bad', message: 'no' }] },
          lds: { state: 'NOT SENT' },
        },
      },
    ])
    stream.cancel()
    await until(() => heard.includes('disconnect'))
    expect(server.connections.size).toBe(0)
    expect(server.syncStatus()).toEqual([])
  })

  test('serves a state-of-the-world client', async () => {
    server.observe(observer(snapshotOf({ a: '1', b: '1' })))
    const stream = open('StreamAggregatedResources')
    stream.on('error', () => undefined)
    const request = create(DiscoveryRequestSchema, { typeUrl: CLUSTER_TYPE, node })
    stream.write(Buffer.from(toBinary(DiscoveryRequestSchema, request)))
    const response = fromBinary(DiscoveryResponseSchema, await nextOf(stream))
    expect(response.resources.map(({ value }) => new TextDecoder().decode(value))).toEqual(['1', '1'])
    expect([...server.connections.values()][0]?.proxy.delta).toBe(false)
  })

  test.each([
    ['that never asks for virtual hosts is told apart', false],
    ['that asks for virtual hosts is not', true],
  ])('a delta client %s', async (_what, asks) => {
    server.observe(observer(routesOf({ '80': '1' })))
    const stream = open('DeltaAggregatedResources')
    stream.on('error', () => undefined)
    stream.write(delta({ typeUrl: ROUTE_TYPE, node, resourceNamesSubscribe: ['80'] }))
    const first = fromBinary(DeltaDiscoveryResponseSchema, await nextOf(stream))
    if (asks) stream.write(delta({ typeUrl: VIRTUAL_HOST_TYPE }))
    stream.write(delta({ typeUrl: ROUTE_TYPE, responseNonce: first.nonce }))
    await until(() => heard.includes('ack 80=1'))
    const told = async (): Promise<boolean> => {
      for (let tries = 0; tries < 300 && !heard.includes('without virtual hosts gw-1'); tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 10))
      return heard.includes('without virtual hosts gw-1')
    }
    expect(await told()).toBe(!asks)
  })

  test('an observer that comes late hears of the open connections', async () => {
    const stream = open('DeltaAggregatedResources')
    stream.on('error', () => undefined)
    stream.write(delta({ typeUrl: CLUSTER_TYPE, node }))
    await until(() => server.connections.size === 1)
    server.observe(observer(snapshotOf({ a: '1' })))
    expect(heard).toEqual(['connect router gw-1'])
    expect(fromBinary(DeltaDiscoveryResponseSchema, await nextOf(stream)).resources).toHaveLength(1)
  })

  test.each([
    ['a node id of no proxy', delta({ typeUrl: CLUSTER_TYPE, node: { id: 'me' } }), 'malformed node id "me"'],
    ['no type', delta({ node }), 'no type_url'],
    ['bytes that are no request', Buffer.from([0xff, 0xff]), 'not a discovery request'],
  ])('%s ends the stream with a reason', async (_name, message, reason) => {
    server.observe(observer(undefined))
    const stream = open('DeltaAggregatedResources')
    stream.write(message)
    const [error]: ServiceError[] = await once(stream, 'error')
    expect(error).toMatchObject({ code: 3, details: expect.stringContaining(reason) })
    expect(heard).toEqual([])
  })

  test('serves on a connection that was accepted elsewhere', async () => {
    server.observe(observer(snapshotOf({ a: '1' })))
    const outside = createServer((socket) => server.accept(socket)).listen(0, '127.0.0.1')
    await once(outside, 'listening')
    const address = outside.address() as AddressInfo
    const stream = open('DeltaAggregatedResources', address.port)
    stream.on('error', () => undefined)
    stream.write(delta({ typeUrl: CLUSTER_TYPE, node }))
    expect(fromBinary(DeltaDiscoveryResponseSchema, await nextOf(stream)).resources).toHaveLength(1)
    outside.close()
  })
})
