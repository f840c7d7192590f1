import { describe, expect, test } from 'vitest'
import { ApiError } from '../machinery/api-error.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { createDepartures } from './departures.ts'

const pod = (uid: string, more: Partial<KubeObject['metadata']> = {}, phase = 'Running'): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: uid, namespace: 'shop', uid, ...more },
    status: { phase },
  }) as KubeObject

const ending = { deletionTimestamp: '2026-01-01T00:00:30Z' }

const slice = (...endpoints: readonly (readonly [uid: string, conditions: object])[]): KubeObject =>
  ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 's', namespace: 'shop' },
    endpoints: endpoints.map(([uid, conditions]) => ({ conditions, targetRef: { kind: 'Pod', uid } })),
  }) as KubeObject

const going = { ready: false, serving: true, terminating: true }
const ready = { ready: true, serving: true, terminating: false }

const rig = (fail?: Error) => {
  const state = { slices: [] as readonly KubeObject[], isDelivered: true }
  const told: string[] = []
  const logged: string[] = []
  const departures = createDepartures({
    cluster: {
      patch: async (_resource, { name }, patch) => {
        if (fail !== undefined) throw fail
        told.push(`${name} ${JSON.stringify(patch.body)}`)
        return pod(name) as never
      },
    },
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    log: (message) => void logged.push(message),
    slices: () => state.slices,
    isDelivered: () => state.isDelivered,
  })
  return { state, told, logged, departures }
}

const words = (uid: string): string =>
  `${uid} {"metadata":{"uid":"${uid}","annotations":{"weft.dev/departed":"1970-01-01T00:00:00Z"}}}`

describe('a pod that ends is told about, once,', () => {
  test('when no slice offers it and every proxy has acknowledged that', () => {
    const { state, told, departures } = rig()
    state.slices = [slice(['a', ready], ['b', ready])]
    departures.podChanged('modified', pod('a', ending))
    departures.review()
    state.slices = [slice(['a', going], ['b', ready])]
    state.isDelivered = false
    departures.review()
    expect(told).toEqual([])
    state.isDelivered = true
    departures.review()
    departures.review()
    expect(told).toEqual([words('a')])
  })

  test('not while another Service offers it', () => {
    const { state, told, departures } = rig()
    departures.podChanged('modified', pod('a', ending))
    state.slices = [slice(['a', going]), slice(['a', {}])]
    departures.review()
    expect(told).toEqual([])
  })

  test('also when its Service publishes what is not ready', () => {
    const { state, told, departures } = rig()
    departures.podChanged('modified', pod('a', ending))
    state.slices = [slice(['a', { ready: true, serving: true, terminating: true }])]
    departures.review()
    expect(told).toEqual([words('a')])
  })
})

test.each([
  ['it does not end', 'modified', pod('a')],
  ['it never ran', 'modified', pod('a', ending, 'Pending')],
  ['it was told', 'modified', pod('a', { ...ending, annotations: { 'weft.dev/departed': 'x' } })],
  ['it is gone', 'deleted', pod('a', ending)],
] as const)('nothing is told when %s', (_, type, changed) => {
  const { state, told, departures } = rig()
  state.slices = [slice(['a', going])]
  departures.podChanged(type, changed)
  departures.review()
  expect(told).toEqual([])
})

test('a pod that is gone meanwhile is no failure, others are logged', async () => {
  const gone = rig(new ApiError({ code: 404, reason: 'NotFound', message: 'gone' } as never))
  const broken = rig(new Error('no disk'))
  for (const { state, departures } of [gone, broken]) {
    state.slices = [slice(['a', going])]
    departures.podChanged('modified', pod('a', ending))
    departures.review()
  }
  await Promise.resolve()
  await Promise.resolve()
  expect(gone.logged).toEqual([])
  expect(broken.logged).toEqual(['a departure was not told'])
})
