import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { translateEndpoints } from './endpoint-slice.ts'
import { translatePod } from './pod.ts'
import { translateService } from './service.ts'

const object = (kind: string, name: string, rest: JsonObject): KubeObject =>
  ({
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': 'myapp', app: 'myapp' } },
    ...rest,
  }) as KubeObject

const service = (spec: JsonObject = {}) =>
  translateService(
    object('Service', 'myapp', {
      spec: {
        clusterIP: '10.96.0.1',
        ports: [
          { name: 'http', port: 80, targetPort: 8080 },
          { name: 'admin', port: 81 },
        ],
        ...spec,
      },
    }),
  )

const slice = (
  endpoints: readonly JsonObject[],
  ports: readonly JsonObject[] = [{ name: 'http', port: 8080 }],
) => object('EndpointSlice', 'myapp-1', { ports, endpoints })

describe('EndpointSlice', () => {
  const pod = translatePod(
    object('Pod', 'myapp-1', {
      spec: { serviceAccountName: 'sa', containers: [] },
      status: { podIP: '10.0.0.1' },
    }),
  )

  test('ports by name, labels from the pod', () => {
    const set = translateEndpoints(
      service(),
      [
        slice([
          {
            addresses: ['10.0.0.1'],
            conditions: { ready: true },
            targetRef: { kind: 'Pod', name: 'myapp-1' },
          },
        ]),
      ],
      (namespace, name) => (namespace === 'default' && name === 'myapp-1' ? pod : undefined),
    )
    expect(set.byPort.get(80)).toMatchObject([
      { address: '10.0.0.1', port: 8080, health: 'healthy', serviceAccount: 'sa', labels: { app: 'myapp' } },
    ])
    expect(set.byPort.get(81)).toEqual([])
  })

  test.each([
    [{}, false, 'healthy'],
    [{ ready: true }, false, 'healthy'],
    [{ ready: false }, false, 'unhealthy'],
    [{ ready: false }, true, 'healthy'],
    [{ ready: false, serving: true, terminating: true }, true, 'draining'],
  ])('conditions %j, publishNotReady %s: %s', (conditions, publishNotReadyAddresses, health) => {
    const set = translateEndpoints(
      service({ publishNotReadyAddresses }),
      [slice([{ addresses: ['10.0.0.1'], conditions }])],
      () => undefined,
    )
    expect(set.byPort.get(80)?.[0]?.health).toBe(health)
  })

  test('an address in two slices counts once, ready if one says so', () => {
    const set = translateEndpoints(
      service(),
      [
        slice([{ addresses: ['10.0.0.1'], conditions: { ready: false } }]),
        slice([{ addresses: ['10.0.0.1'], conditions: { ready: true } }]),
      ],
      () => undefined,
    )
    expect(set.byPort.get(80)).toMatchObject([{ address: '10.0.0.1', health: 'healthy' }])
  })
})

describe('Service', () => {
  test.each([
    [{ clusterIP: 'None' }, { resolution: 'original-destination', addresses: [] }],
    [
      { type: 'ExternalName', externalName: 'Example.org' },
      { resolution: 'alias', aliasOf: 'example.org' },
    ],
    [{}, { resolution: 'endpoints', addresses: ['10.96.0.1'] }],
  ])('%j', (spec, expected) => {
    expect(service(spec)).toMatchObject({ host: 'myapp.default.svc.cluster.local', ...expected })
  })
})
