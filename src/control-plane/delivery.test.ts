import { describe, expect, test } from 'vitest'
import type { AdsConnection } from '../xds/protocol/ads-port.ts'
import { CLUSTER_TYPE, ENDPOINT_TYPE, ROUTE_TYPE, VIRTUAL_HOST_TYPE } from '../xds/protocol/ads-port.ts'
import type { EncodedResource, Snapshot } from '../xds/protocol/resource.ts'
import { createDelivery, type Delivery } from './delivery.ts'

const resource = (typeUrl: string, name: string, version: string, ...objects: string[]): EncodedResource => ({
  typeUrl,
  name,
  version,
  body: new Uint8Array(),
  origins: objects.map((object) => {
    const [kind = '', namespace = '', own = ''] = object.split('/')
    return { kind, namespace, name: own, generation: 1 }
  }),
})

const snapshot = (...resources: readonly EncodedResource[]): Snapshot => ({
  resources: new Map(
    [CLUSTER_TYPE, ENDPOINT_TYPE, ROUTE_TYPE, VIRTUAL_HOST_TYPE].map((typeUrl) => [
      typeUrl,
      new Map(
        resources.filter((entry) => entry.typeUrl === typeUrl).map((entry) => [entry.name, entry] as const),
      ),
    ]),
  ),
})

const connection = (id: string, delta = true): AdsConnection => ({
  id,
  proxy: {
    id,
    type: 'sidecar',
    ip: '10.0.0.1',
    name: id,
    namespace: 'default',
    labels: {},
    serviceAccount: '',
    dnsDomain: '',
    metadata: {},
    delta,
  },
})

const VS = 'VirtualService/default/a'
const DR = 'DestinationRule/default/a'
const host = (version: string, ...objects: string[]): EncodedResource =>
  resource(VIRTUAL_HOST_TYPE, '80/a', version, ...(objects.length === 0 ? [VS] : objects))

const connect = (delivery: Delivery, id: string, given: Snapshot, delta = true): void => {
  delivery.connected(connection(id, delta))
  delivery.assigned(id, given)
}

const summary = (delivery: Delivery, object: string) => {
  const { needed, acknowledged, waitingFor, rejections } = delivery.ofObject(object)
  return { needed, acknowledged, waitingFor, rejected: rejections.map(({ proxy }) => proxy) }
}

describe('how far an object is', () => {
  test('from assigned to acknowledged, by the version that is awaited', () => {
    const delivery = createDelivery()
    connect(delivery, 'one', snapshot(host('2')))
    expect(summary(delivery, VS)).toEqual({
      needed: 1,
      acknowledged: 0,
      waitingFor: ['one.default'],
      rejected: [],
    })
    delivery.acknowledged('one', VIRTUAL_HOST_TYPE, new Map([['80/a', '1']]))
    expect(summary(delivery, VS).acknowledged).toBe(0)
    expect(delivery.acknowledged('one', VIRTUAL_HOST_TYPE, new Map([['80/a', '2']]))).toEqual(new Set([VS]))
    expect(summary(delivery, VS)).toEqual({ needed: 1, acknowledged: 1, waitingFor: [], rejected: [] })
  })

  test('proxies that have nothing of it do not count; those that left neither', () => {
    const delivery = createDelivery()
    connect(delivery, 'one', snapshot(host('1')))
    connect(delivery, 'two', snapshot(resource(CLUSTER_TYPE, 'c', '1', DR)))
    expect(summary(delivery, VS).needed).toBe(1)
    delivery.disconnected('one')
    expect(summary(delivery, VS).needed).toBe(0)
  })

  test('the same snapshot is no assignment, an equal version is nothing to wait for', () => {
    const delivery = createDelivery()
    const first = snapshot(host('1'))
    connect(delivery, 'one', first)
    delivery.acknowledged('one', VIRTUAL_HOST_TYPE, new Map([['80/a', '1']]))
    expect(delivery.assigned('one', first)).toBe(false)
    expect(delivery.assigned('one', snapshot(host('1')))).toBe(true)
    expect(summary(delivery, VS).waitingFor).toEqual([])
  })

  test('an object that shapes a resource no more waits until its former effect is gone', () => {
    const delivery = createDelivery()
    connect(delivery, 'one', snapshot(host('1', VS, DR)))
    delivery.acknowledged('one', VIRTUAL_HOST_TYPE, new Map([['80/a', '1']]))
    delivery.assigned('one', snapshot(host('2', DR)))
    expect(summary(delivery, VS).waitingFor).toEqual(['one.default'])
    delivery.acknowledged('one', VIRTUAL_HOST_TYPE, new Map([['80/a', '2']]))
    expect(summary(delivery, VS)).toMatchObject({ needed: 0, waitingFor: [] })
  })

  test.each([
    ['delta proxies confirm a removal', true, ['one.default']],
    ['others cannot', false, []],
  ])('%s', (_, delta, waitingFor) => {
    const delivery = createDelivery()
    connect(delivery, 'one', snapshot(host('1')), delta)
    delivery.acknowledged('one', VIRTUAL_HOST_TYPE, new Map([['80/a', '1']]))
    delivery.assigned('one', snapshot())
    expect(summary(delivery, VS).waitingFor).toEqual(waitingFor)
    delivery.acknowledged('one', VIRTUAL_HOST_TYPE, new Map([['80/a', '']]))
    expect(summary(delivery, VS)).toMatchObject({ needed: 0, waitingFor: [] })
  })

  test('endpoints are not waited for', () => {
    const delivery = createDelivery()
    connect(delivery, 'one', snapshot(resource(ENDPOINT_TYPE, 'c', '1', DR)))
    expect(summary(delivery, DR).needed).toBe(0)
  })
})

describe('rejections', () => {
  const reject = (delivery: Delivery, version: string): ReadonlySet<string> =>
    delivery.rejected('one', {
      typeUrl: VIRTUAL_HOST_TYPE,
      message: 'bad regex',
      resources: new Map([['80/a', version]]),
    })

  test('count until a newer version is on its way', () => {
    const delivery = createDelivery()
    connect(delivery, 'one', snapshot(host('1')))
    expect(reject(delivery, '1')).toEqual(new Set([VS]))
    expect(summary(delivery, VS)).toMatchObject({ waitingFor: [], rejected: ['one.default'] })
    expect(delivery.ofObject(VS).rejections[0]?.message).toBe('bad regex')
    delivery.assigned('one', snapshot(host('2')))
    expect(summary(delivery, VS)).toMatchObject({ waitingFor: ['one.default'], rejected: [] })
  })

  test('of one proxy leave the others as they are', () => {
    const delivery = createDelivery()
    for (const id of ['one', 'two']) connect(delivery, id, snapshot(host('1')))
    reject(delivery, '1')
    delivery.acknowledged('two', VIRTUAL_HOST_TYPE, new Map([['80/a', '1']]))
    expect(summary(delivery, VS)).toEqual({
      needed: 2,
      acknowledged: 1,
      waitingFor: [],
      rejected: ['one.default'],
    })
  })

  test('a proxy that turns out not to know virtual hosts is waited for by its complete route table alone', () => {
    const delivery = createDelivery()
    connect(delivery, 'one', snapshot(resource(ROUTE_TYPE, '80', 'shell'), host('1')))
    expect(summary(delivery, VS).acknowledged).toBe(0)
    delivery.assigned('one', snapshot(resource(ROUTE_TYPE, '80', 'complete', VS)), false)
    expect(summary(delivery, VS)).toMatchObject({ needed: 1, acknowledged: 0 })
    delivery.acknowledged('one', ROUTE_TYPE, new Map([['80', 'complete']]))
    expect(summary(delivery, VS)).toMatchObject({ needed: 1, acknowledged: 1, waitingFor: [] })
  })
})
