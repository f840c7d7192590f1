import { expect, test } from 'vitest'
import type { Endpoint, EndpointSlice } from '../../resources/discovery/endpoint-slice.ts'
import { awaitDeparture, presenceIn } from './endpoint-departure.ts'
import { DEPARTED_ANNOTATION } from '../../resources/core/pod-departure.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { NodeContext } from '../node-context.ts'

const slice = (...endpoints: readonly Endpoint[]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 's', namespace: 'shop' },
  addressType: 'IPv4',
  endpoints,
  ports: [],
})

const endpoint = (uid: string, conditions: Endpoint['conditions'] = {}): Endpoint => ({
  addresses: ['10.244.0.9'],
  conditions,
  targetRef: { kind: 'Pod', uid },
})

const ready = { ready: true, serving: true, terminating: false }
const going = { ready: false, serving: true, terminating: true }

test.each([
  ['absent', [slice(endpoint('v', ready))]],
  ['serving', [slice(endpoint('u', ready))]],
  ['serving', [slice(endpoint('u'))]],
  ['leaving', [slice(endpoint('u', going), endpoint('v', ready))]],
  ['leaving', [slice(endpoint('u', { ready: false }))]],
  // A Service that publishes what is not ready.
  ['leaving', [slice(endpoint('u', { ready: true, terminating: true }))]],
  ['serving', [slice(endpoint('u', going)), slice(endpoint('u', ready))]],
])('%s', (expected, slices) => {
  expect(presenceIn(slices, 'u')).toBe(expected)
})

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'u' },
  spec: { containers: [] },
}

/**
 * Answers with one after the other of `states`, the last one for ever; the control plane tells of the departure at
 * `departed` milliseconds. Gives the time when the wait was over.
 */
const waited = async (
  states: readonly EndpointSlice[],
  departed = Number.POSITIVE_INFINITY,
): Promise<{ looks: number; at: number }> => {
  let [looks, at] = [0, 0]
  const context = {
    clock: {
      now: () => at,
      sleep: async (time: number) => {
        at += time
      },
    },
    cluster: {
      list: async () => {
        looks += 1
        return { items: [states[Math.min(looks, states.length) - 1]], resourceVersion: '1' }
      },
    },
  } as unknown as NodeContext
  const annotations = { [DEPARTED_ANNOTATION]: '2026-01-01T00:00:00Z' }
  const told: Pod = { ...pod, metadata: { ...pod.metadata, annotations } }
  await awaitDeparture(context, () => (at >= departed ? told : pod), new AbortController().signal)
  return { looks, at }
}

test('waits until no proxy sends to the pod and a moment longer; not for a pod without Service, nor for ever', async () => {
  expect(await waited([slice()])).toEqual({ looks: 1, at: 0 })
  const leaving = [slice(endpoint('u', ready)), slice(endpoint('u', going))]
  expect(await waited(leaving, 0)).toEqual({ looks: 2, at: 110 })
  expect(await waited(leaving, 700)).toEqual({ looks: 2, at: 800 })
  expect((await waited(leaving)).at).toBe(5100)
  expect((await waited([slice(endpoint('u', ready))])).at).toBeLessThanOrEqual(5300)
})
