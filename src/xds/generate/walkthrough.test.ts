import { fromBinary, toJson, type JsonValue } from '@bufbuild/protobuf'
import { describe, expect, test } from 'vitest'
import { createViewer } from '../../mesh/view/viewer.ts'
import { VirtualHostSchema } from '../proto/generated/envoy/config/route/v3/route_components_pb.js'
import {
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  LISTENER_TYPE,
  ROUTE_TYPE,
  VIRTUAL_HOST_TYPE,
} from '../protocol/ads-port.ts'
import { inconsistencies } from './consistency.ts'
import { messageRegistry } from './message-registry.ts'
import { meshOfFiles } from './testdata/mesh-of-files.ts'
import { createSnapshotBuilder } from './snapshot.ts'

const names = (map: ReadonlyMap<string, unknown> | undefined): readonly string[] =>
  [...(map?.keys() ?? [])].toSorted()

const hostJson = (map: ReadonlyMap<string, { body: Uint8Array }> | undefined, name: string): JsonValue =>
  toJson(VirtualHostSchema, fromBinary(VirtualHostSchema, map?.get(name)?.body ?? new Uint8Array()), {
    registry: messageRegistry(),
  })

describe('walkthrough 001: traffic shifting', () => {
  const mesh = meshOfFiles('traffic-shifting.yaml')
  const gateway = createSnapshotBuilder().build(
    createViewer().view(mesh, {
      type: 'router',
      name: 'istio-ingressgateway-1',
      namespace: 'istio-system',
      labels: { istio: 'ingressgateway' },
    }),
  )

  test('the gateway listens on the target port of its Service', () => {
    expect(names(gateway.delta.resources.get(LISTENER_TYPE))).toEqual(['0.0.0.0_8080'])
    expect(names(gateway.delta.resources.get(ROUTE_TYPE))).toEqual(['http.8080'])
    expect(names(gateway.delta.resources.get(VIRTUAL_HOST_TYPE))).toEqual(['http.8080/*:80'])
  })

  test('weights 75 and 25 go to the clusters of the subsets', () => {
    const host = hostJson(gateway.delta.resources.get(VIRTUAL_HOST_TYPE), 'http.8080/*:80')
    expect(host).toMatchObject({
      name: 'http.8080/*:80',
      domains: ['*'],
      routes: [
        {
          match: { path: '/api/v1/hello' },
          route: {
            weightedClusters: {
              clusters: [
                { name: 'outbound|8080|v1|myapp.default.svc.cluster.local', weight: 75 },
                { name: 'outbound|8080|v2|myapp.default.svc.cluster.local', weight: 25 },
              ],
            },
          },
        },
      ],
    })
  })

  test('clusters and assignments agree', () => {
    expect(inconsistencies(gateway.delta)).toEqual([])
    expect(inconsistencies(gateway.complete())).toEqual([])
    expect(names(gateway.delta.resources.get(ENDPOINT_TYPE))).toContain(
      'outbound|8080|v1|myapp.default.svc.cluster.local',
    )
  })

  test('the sidecar of a caller and of the application', () => {
    const sidecar = createSnapshotBuilder().build(
      createViewer().view(mesh, {
        type: 'sidecar',
        name: 'myapp-v1',
        namespace: 'default',
        labels: { app: 'myapp', version: 'v1' },
      }),
    )
    expect(names(sidecar.delta.resources.get(LISTENER_TYPE))).toEqual([
      '0.0.0.0_80',
      '0.0.0.0_8080',
      '10.96.0.21_15021',
      'virtualInbound',
      'virtualOutbound',
    ])
    expect(names(sidecar.delta.resources.get(CLUSTER_TYPE))).toContain('inbound|8080||')
    expect(names(sidecar.delta.resources.get(VIRTUAL_HOST_TYPE))).toContain(
      '8080/myapp.default.svc.cluster.local:8080',
    )
    expect(inconsistencies(sidecar.delta)).toEqual([])
  })
})
