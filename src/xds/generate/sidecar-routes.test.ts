import { fromBinary } from '@bufbuild/protobuf'
import { describe, expect, test } from 'vitest'
import type { MeshState } from '../../mesh/view/proxy-view.ts'
import { createViewer } from '../../mesh/view/viewer.ts'
import { RouteConfigurationSchema } from '../proto/generated/envoy/config/route/v3/route_pb.js'
import { VirtualHostSchema } from '../proto/generated/envoy/config/route/v3/route_components_pb.js'
import { ROUTE_TYPE, VIRTUAL_HOST_TYPE } from '../protocol/ads-port.ts'
import { clustersOfRoute } from './consistency.ts'
import { createSnapshotBuilder } from './snapshot.ts'
import { meshOfText } from './testdata/mesh-of-files.ts'

const SERVICES = `
apiVersion: v1
kind: Service
metadata: {name: a, namespace: default}
spec: {clusterIP: 10.96.0.1, ports: [{name: http, port: 80}, {name: http-alt, port: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: b, namespace: other}
spec: {clusterIP: 10.96.0.2, ports: [{name: http, port: 80}, {name: unknown, port: 9000}]}
`

const virtualService = (name: string, created: string, spec: string): string => `
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}, namespace: default, generation: 1, creationTimestamp: "${created}"}
spec: ${spec}
`

const build = (mesh: MeshState, namespace = 'default', labels: Readonly<Record<string, string>> = {}) =>
  createSnapshotBuilder().build(
    createViewer().view(mesh, { type: 'sidecar', name: 'caller', namespace, labels }),
  )

const hosts = (mesh: MeshState, namespace?: string, labels?: Readonly<Record<string, string>>) =>
  new Map(
    [...(build(mesh, namespace, labels).delta.resources.get(VIRTUAL_HOST_TYPE) ?? [])].map(
      ([name, { body }]) => {
        const host = fromBinary(VirtualHostSchema, body)
        expect(host.name).toBe(name)
        return [name, { domains: host.domains, clusters: host.routes.flatMap(clustersOfRoute) }]
      },
    ),
  )

describe('virtual hosts of sidecars', () => {
  test('names and domains as istiod gives them', () => {
    const found = hosts(meshOfText(SERVICES))
    expect([...found.keys()].toSorted()).toEqual([
      '80/a.default.svc.cluster.local:80',
      '80/allow_any',
      '80/b.other.svc.cluster.local:80',
      '8080/a.default.svc.cluster.local:8080',
      '8080/allow_any',
      '9000/allow_any',
      '9000/b.other.svc.cluster.local:9000',
      'b.other.svc.cluster.local:9000/b.other.svc.cluster.local:9000',
    ])
    expect(found.get('80/a.default.svc.cluster.local:80')?.domains).toEqual([
      'a.default.svc.cluster.local',
      'a.default.svc.cluster.local.',
      'a',
      'a.default.svc',
      'a.default',
      '10.96.0.1',
    ])
    expect(found.get('80/b.other.svc.cluster.local:80')?.domains).not.toContain('b')
    expect(found.get('b.other.svc.cluster.local:9000/b.other.svc.cluster.local:9000')?.domains).toEqual(['*'])
  })

  test('the oldest of several tables for one host wins', () => {
    const mesh = meshOfText(
      SERVICES +
        virtualService(
          'young',
          '2026-02-01T00:00:00Z',
          '{hosts: [a], http: [{route: [{destination: {host: young.com}}]}]}',
        ) +
        virtualService(
          'old',
          '2026-01-01T00:00:00Z',
          '{hosts: [a], http: [{route: [{destination: {host: old.com}}]}]}',
        ),
    )
    expect(hosts(mesh).get('80/a.default.svc.cluster.local:80')?.clusters).toEqual(['outbound|80||old.com'])
    expect(hosts(mesh).get('8080/a.default.svc.cluster.local:8080')?.clusters).toEqual([
      'outbound|8080||old.com',
    ])
  })

  test('an exact host wins over a wildcard, a narrow wildcard over a wide one', () => {
    const mesh = meshOfText(
      SERVICES +
        virtualService(
          'wide',
          '2026-01-01T00:00:00Z',
          '{hosts: ["*.local"], http: [{route: [{destination: {host: wide.com}}]}]}',
        ) +
        virtualService(
          'narrow',
          '2026-01-02T00:00:00Z',
          '{hosts: ["*.other.svc.cluster.local"], http: [{route: [{destination: {host: narrow.com}}]}]}',
        ) +
        virtualService(
          'exact',
          '2026-01-03T00:00:00Z',
          '{hosts: [a], http: [{route: [{destination: {host: exact.com}}]}]}',
        ),
    )
    expect(hosts(mesh).get('80/a.default.svc.cluster.local:80')?.clusters).toEqual(['outbound|80||exact.com'])
    expect(hosts(mesh).get('80/b.other.svc.cluster.local:80')?.clusters).toEqual(['outbound|80||narrow.com'])
  })

  test('rules for other callers are not sent', () => {
    const mesh = meshOfText(
      SERVICES +
        virtualService(
          'a',
          '',
          '{hosts: [a], http: [{match: [{sourceLabels: {app: x}}], route: [{destination: {host: x.com}}]}, {route: [{destination: {host: y.com}}]}]}',
        ),
    )
    // For its own callers the first rule matches everything, so nothing after it is sent.
    expect(hosts(mesh, 'default', { app: 'x' }).get('80/a.default.svc.cluster.local:80')?.clusters).toEqual([
      'outbound|80||x.com',
    ])
    expect(hosts(mesh).get('80/a.default.svc.cluster.local:80')?.clusters).toEqual(['outbound|80||y.com'])
  })

  test('the whole table carries the same virtual hosts under their own names', () => {
    const snapshot = build(meshOfText(SERVICES))
    const whole = snapshot.complete().resources.get(ROUTE_TYPE)?.get('80')
    const table = fromBinary(RouteConfigurationSchema, whole?.body ?? new Uint8Array())
    expect(table.name).toBe('80')
    expect(table.virtualHosts.map(({ name }) => name)).toEqual([
      'a.default.svc.cluster.local:80',
      'b.other.svc.cluster.local:80',
      'allow_any',
    ])
    expect(snapshot.complete().resources.has(VIRTUAL_HOST_TYPE)).toBe(false)
  })

  test('one table changed: one virtual host changed, every other resource is the same object', () => {
    const viewer = createViewer()
    const builder = createSnapshotBuilder()
    const proxy = { type: 'sidecar', name: 'caller', namespace: 'default', labels: {} } as const
    const table = (host: string) =>
      virtualService('a', '', `{hosts: [a], http: [{route: [{destination: {host: ${host}}}]}]}`)
    const before = meshOfText(SERVICES + table('one.com'))
    const after = { ...before, tables: meshOfText(SERVICES + table('two.com')).tables }
    const first = builder.build(viewer.view(before, proxy)).delta
    const second = builder.build(viewer.view(after, proxy)).delta
    const changed = [...second.resources].flatMap(([typeUrl, map]) =>
      [...map]
        .filter(([name, resource]) => first.resources.get(typeUrl)?.get(name) !== resource)
        .map(([name]) => name),
    )
    expect(changed.toSorted()).toEqual([
      '80/a.default.svc.cluster.local:80',
      '8080/a.default.svc.cluster.local:8080',
    ])
    expect(builder.build(viewer.view(before, { ...proxy, name: 'another' })).delta).toBe(first)
  })
})
