import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { createExpectedProxies, holdsServingProxy } from './expected-proxies.ts'

interface PodParts {
  readonly name?: string
  readonly phase?: string
  readonly spec?: JsonObject
  readonly status?: JsonObject
  readonly deleting?: boolean
}

const pod = ({ name = 'app', phase = 'Running', spec = {}, status = {}, deleting = false }: PodParts) =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      ...(deleting ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec,
    status: { phase, ...status },
  }) as unknown as KubeObject

const proxy = (fields: JsonObject): JsonObject => ({ name: 'istio-proxy', ...fields })
const ready = { containerStatuses: [{ name: 'app', ready: true }, proxy({ ready: true })] }

describe('a pod holds a proxy that serves', () => {
  test.each<[string, boolean, PodParts]>([
    ['ready beside the application', true, { status: ready }],
    ['ready as a native sidecar', true, { status: { initContainerStatuses: [proxy({ ready: true })] } }],
    [
      'once ready, now not: it goes on with what it has',
      true,
      {
        spec: { initContainers: [proxy({ startupProbe: {} })] },
        status: { initContainerStatuses: [proxy({ ready: false, started: true })] },
      },
    ],
    [
      'running without a startup probe says nothing of its configuration',
      false,
      {
        spec: { containers: [proxy({})] },
        status: { containerStatuses: [proxy({ ready: false, started: true })] },
      },
    ],
    ['starting', false, { status: { containerStatuses: [proxy({ ready: false, started: false })] } }],
    ['no proxy', false, { status: { containerStatuses: [{ name: 'app', ready: true }] } }],
    ['not running any more', false, { phase: 'Succeeded', status: ready }],
    ['being deleted', false, { status: ready, deleting: true }],
    ['not started', false, { phase: 'Pending' }],
  ])('%s: %s', (_, expected, parts) => {
    expect(holdsServingProxy(pod(parts))).toBe(expected)
  })
})

describe('who is missing', () => {
  test('from ready pod to stream, and back when the stream ends', () => {
    const proxies = createExpectedProxies()
    expect(proxies.podChanged(pod({ status: ready }))).toBe(true)
    expect(proxies.podChanged(pod({ status: ready }))).toBe(false)
    expect(proxies.missing()).toEqual(['app.default'])
    proxies.connected({ name: 'app', namespace: 'default' })
    expect(proxies.missing()).toEqual([])
    proxies.disconnected({ name: 'app', namespace: 'default' })
    expect(proxies.missing()).toEqual(['app.default'])
    expect(proxies.podDeleted(pod({ status: ready }))).toBe(true)
    expect(proxies.missing()).toEqual([])
  })

  test('a second stream of one proxy: the end of the first leaves it connected', () => {
    const proxies = createExpectedProxies()
    proxies.podChanged(pod({ status: ready }))
    for (let stream = 0; stream < 2; stream++) proxies.connected({ name: 'app', namespace: 'default' })
    proxies.disconnected({ name: 'app', namespace: 'default' })
    expect(proxies.missing()).toEqual([])
  })

  test('a pod that becomes ready while connected changes nothing', () => {
    const proxies = createExpectedProxies()
    proxies.connected({ name: 'app', namespace: 'default' })
    expect(proxies.podChanged(pod({ status: ready }))).toBe(false)
    expect(proxies.podChanged(pod({ status: ready, deleting: true }))).toBe(false)
  })
})
