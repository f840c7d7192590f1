import { fromBinary } from '@bufbuild/protobuf'
import { describe, expect, test } from 'vitest'
import { createViewer } from '../../mesh/view/viewer.ts'
import {
  Cluster_DiscoveryType as Discovery,
  ClusterSchema,
  type Cluster,
} from '../proto/generated/envoy/config/cluster/v3/cluster_pb.js'
import { ClusterLoadAssignmentSchema } from '../proto/generated/envoy/config/endpoint/v3/endpoint_pb.js'
import { HttpProtocolOptionsSchema } from '../proto/generated/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js'
import { CLUSTER_TYPE, ENDPOINT_TYPE } from '../protocol/ads-port.ts'
import type { Snapshot } from '../protocol/resource.ts'
import { createSnapshotBuilder } from './snapshot.ts'
import { meshOfText } from './testdata/mesh-of-files.ts'

const HOST = 'a.default.svc.cluster.local'

const pod = (name: string, version: string, address: string): string => `
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: default, labels: {app: a, version: ${version}}}
status: {podIP: ${address}}
`

const MESH = `
apiVersion: v1
kind: Service
metadata: {name: a, namespace: default}
spec:
  clusterIP: 10.96.0.1
  selector: {app: a}
  ports:
  - {name: http, port: 80}
  - {name: grpc, port: 81}
  - {name: unknown, port: 82}
  - {name: tcp, port: 83}
  - {name: other, port: 84, appProtocol: kubernetes.io/h2c}
---
apiVersion: v1
kind: Service
metadata: {name: none, namespace: default}
spec: {clusterIP: None, selector: {app: a}, ports: [{name: tcp, port: 90}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: a-1, namespace: default, labels: {kubernetes.io/service-name: a}}
ports: [{name: http, port: 8080}]
endpoints:
- {addresses: [10.0.0.1], targetRef: {kind: Pod, name: one}}
- {addresses: [10.0.0.2], targetRef: {kind: Pod, name: two}}
- {addresses: [10.0.0.3], targetRef: {kind: Pod, name: three}, conditions: {ready: false}}
${pod('one', 'v1', '10.0.0.1')}${pod('two', 'v2', '10.0.0.2')}${pod('three', 'v2', '10.0.0.3')}
`

const rule = (spec: string): string => `
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a, namespace: default}
spec: ${spec}
`

const SUBSETS = `[{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}, {name: v3, labels: {version: v3}}]`

const build = (text: string, type: 'sidecar' | 'router' = 'sidecar'): Snapshot =>
  createSnapshotBuilder().build(
    createViewer().view(meshOfText(MESH + text), { type, name: 'p', namespace: 'default', labels: {} }),
  ).delta

const bodyOf = (snapshot: Snapshot, typeUrl: string, name: string): Uint8Array => {
  const body = snapshot.resources.get(typeUrl)?.get(name)?.body
  if (body === undefined) throw new Error(`there is no ${name}`)
  return body
}

const clusterOf = (snapshot: Snapshot, name: string): Cluster =>
  fromBinary(ClusterSchema, bodyOf(snapshot, CLUSTER_TYPE, name))

const addresses = (snapshot: Snapshot, name: string): readonly string[] =>
  fromBinary(ClusterLoadAssignmentSchema, bodyOf(snapshot, ENDPOINT_TYPE, name)).endpoints.flatMap(
    ({ lbEndpoints }) =>
      lbEndpoints.flatMap(({ hostIdentifier }) => {
        const address = hostIdentifier.case === 'endpoint' ? hostIdentifier.value.address?.address : undefined
        return address?.case === 'socketAddress' && address.value.portSpecifier.case === 'portValue'
          ? [`${address.value.address}:${address.value.portSpecifier.value}`]
          : []
      }),
  )

describe('endpoints of subsets', () => {
  const snapshot = build(rule(`{host: a, subsets: ${SUBSETS}}`))
  test.each([
    ['', ['10.0.0.1:8080', '10.0.0.2:8080']],
    ['v1', ['10.0.0.1:8080']],
    ['v2', ['10.0.0.2:8080']],
    ['v3', []],
  ])('%j: ready ones whose pods have its labels', (subset, expected) => {
    expect(addresses(snapshot, `outbound|80|${subset}|${HOST}`)).toEqual(expected)
  })
})

describe('the protocol towards a service', () => {
  const protocolOf = (text: string, port: number, type: 'sidecar' | 'router' = 'sidecar'): string => {
    const { typedExtensionProtocolOptions } = clusterOf(build(text, type), `outbound|${port}||${HOST}`)
    const [options] = Object.values(typedExtensionProtocolOptions)
    if (options === undefined) return 'http/1.1'
    const { upstreamProtocolOptions } = fromBinary(HttpProtocolOptionsSchema, options.value)
    if (upstreamProtocolOptions.case === 'useDownstreamProtocolConfig') return "the caller's"
    return upstreamProtocolOptions.case === 'explicitHttpConfig' &&
      upstreamProtocolOptions.value.protocolConfig.case === 'http2ProtocolOptions'
      ? 'h2c'
      : 'http/1.1'
  }
  const upgrade = (policy: string): string =>
    rule(`{host: a, trafficPolicy: {connectionPool: {http: {h2UpgradePolicy: ${policy}}}}}`)

  test.each<[string, string, readonly [number, 'sidecar' | 'router'], string]>([
    ['http', '', [80, 'sidecar'], 'http/1.1'],
    ['grpc', '', [81, 'sidecar'], 'h2c'],
    ['appProtocol kubernetes.io/h2c', '', [84, 'sidecar'], 'h2c'],
    ['unknown, from a sidecar', '', [82, 'sidecar'], "the caller's"],
    ['unknown, from a gateway', '', [82, 'router'], 'http/1.1'],
    ['http, upgraded', upgrade('UPGRADE'), [80, 'sidecar'], 'h2c'],
    ['http, not upgraded', upgrade('DO_NOT_UPGRADE'), [80, 'sidecar'], 'http/1.1'],
    ['unknown, upgraded', upgrade('UPGRADE'), [82, 'sidecar'], 'h2c'],
    [
      "http, the caller's asked for",
      rule('{host: a, trafficPolicy: {connectionPool: {http: {useClientProtocol: true}}}}'),
      [80, 'sidecar'],
      "the caller's",
    ],
  ])('%s', (_, text, at, expected) => {
    expect(protocolOf(text, ...at)).toBe(expected)
  })
})

describe('pools and detectors', () => {
  const limits = (text: string, name: string) => {
    const cluster = clusterOf(build(text), name)
    return {
      connections: cluster.circuitBreakers?.thresholds[0]?.maxConnections,
      consecutive5xx: cluster.outlierDetection?.consecutive5xx,
    }
  }
  const pool = (size: number): string => `connectionPool: {tcp: {maxConnections: ${size}}}`
  const text = rule(
    `{host: a, trafficPolicy: {${pool(1)}, outlierDetection: {consecutive5xxErrors: 7}, portLevelSettings: [{port: {number: 81}, ${pool(2)}}]},
      subsets: [{name: v1, labels: {}, trafficPolicy: {${pool(3)}}}]}`,
  )
  test.each<[string, string, { connections: number; consecutive5xx: number | undefined }]>([
    [
      'without a rule: no limit',
      `outbound|80||${HOST}`,
      { connections: 4294967295, consecutive5xx: undefined },
    ],
    ['the rule', `outbound|80||${HOST}`, { connections: 1, consecutive5xx: 7 }],
    ["a port's own replaces it whole", `outbound|81||${HOST}`, { connections: 2, consecutive5xx: undefined }],
    ["a subset's part over the rule's", `outbound|80|v1|${HOST}`, { connections: 3, consecutive5xx: 7 }],
  ])('%s', (title, name, expected) => {
    expect(limits(title.startsWith('without') ? '' : text, name)).toEqual(expected)
  })
})

test('without a virtual address: sidecars keep the address that the caller chose, gateways balance', () => {
  const name = 'outbound|90||none.default.svc.cluster.local'
  const discovery = (type: 'sidecar' | 'router') => clusterOf(build('', type), name).clusterDiscoveryType
  expect(discovery('sidecar')).toEqual({ case: 'type', value: Discovery.ORIGINAL_DST })
  expect(discovery('router')).toEqual({ case: 'type', value: Discovery.EDS })
})
