import { fromBinary, toJson } from '@bufbuild/protobuf'
import { describe, expect, test } from 'vitest'
import { createViewer } from '../../mesh/view/viewer.ts'
import { ClusterSchema } from '../proto/generated/envoy/config/cluster/v3/cluster_pb.js'
import { VirtualHostSchema } from '../proto/generated/envoy/config/route/v3/route_components_pb.js'
import { CLUSTER_TYPE, VIRTUAL_HOST_TYPE } from '../protocol/ads-port.ts'
import { messageRegistry } from './message-registry.ts'
import { createSnapshotBuilder } from './snapshot.ts'
import { meshOfText } from './testdata/mesh-of-files.ts'

const SERVICE = `
apiVersion: v1
kind: Service
metadata: {name: a, namespace: default}
spec: {clusterIP: 10.96.0.1, ports: [{name: http, port: 80}]}
`

const rule = (balancer: string, subset = ''): string => `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a, namespace: default}
spec:
  host: a
  trafficPolicy: {loadBalancer: ${balancer}}
  subsets: [{name: v1, labels: {version: v1}${subset}}]
`

const route = (destination: string): string => `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: default}
spec: {hosts: [a], http: [{route: [{destination: ${destination}}]}]}
`

/** The hash policies of the service's route, and of each of its clusters what it balances by. */
const generated = (text: string): unknown => {
  const proxy = { type: 'sidecar' as const, name: 'p', namespace: 'default', labels: {} }
  const { resources } = createSnapshotBuilder().build(
    createViewer().view(meshOfText(SERVICE + text), proxy),
  ).delta
  const host = resources.get(VIRTUAL_HOST_TYPE)?.get('80/a.default.svc.cluster.local:80')
  if (host === undefined) throw new Error('no virtual host')
  const action = fromBinary(VirtualHostSchema, host.body).routes[0]?.action
  const json = (name: string): string => {
    const found = resources.get(CLUSTER_TYPE)?.get(name)
    if (found === undefined) throw new Error(`no cluster ${name}`)
    const { lbPolicy, ringHashLbConfig, maglevLbConfig } = toJson(
      ClusterSchema,
      fromBinary(ClusterSchema, found.body),
      { registry: messageRegistry() },
    ) as Readonly<Record<string, unknown>>
    return [lbPolicy, ringHashLbConfig ?? maglevLbConfig]
      .filter((part) => part !== undefined)
      .map((part) => JSON.stringify(part))
      .join(' ')
  }
  return {
    hash:
      action?.case === 'route'
        ? action.value.hashPolicy.map(({ policySpecifier: { case: kind, value } }) =>
            kind === 'header'
              ? `header ${value.headerName}`
              : kind === 'cookie'
                ? `cookie ${value.name}`
                : kind,
          )
        : [],
    whole: json('outbound|80||a.default.svc.cluster.local'),
    v1: json('outbound|80|v1|a.default.svc.cluster.local'),
  }
}

const LEAST = '"LEAST_REQUEST"'

describe('consistentHash', () => {
  test.each<[string, string, unknown]>([
    [
      'by a header, without a route',
      rule('{consistentHash: {httpHeaderName: x-user}}'),
      {
        hash: ['header x-user'],
        whole: '"RING_HASH" {"minimumRingSize":"1024"}',
        v1: '"RING_HASH" {"minimumRingSize":"1024"}',
      },
    ],
    [
      'by a cookie on a table, and a subset that balances',
      rule(
        '{consistentHash: {httpCookie: {name: user, ttl: 1h}, maglev: {tableSize: 101}}}',
        ', trafficPolicy: {loadBalancer: {simple: RANDOM}}',
      ),
      { hash: ['cookie user'], whole: '"MAGLEV" {"tableSize":"101"}', v1: '"RANDOM"' },
    ],
    [
      'of a subset alone, where a route names it',
      rule(
        '{simple: LEAST_REQUEST}',
        ', trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true}}}',
      ) + route('{host: a, subset: v1}'),
      { hash: ['connectionProperties'], whole: LEAST, v1: '"RING_HASH" {"minimumRingSize":"1024"}' },
    ],
    [
      'of a subset alone, where a route names the other',
      rule(
        '{simple: LEAST_REQUEST}',
        ', trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true}}}',
      ) + route('{host: a}'),
      { hash: [], whole: LEAST, v1: '"RING_HASH" {"minimumRingSize":"1024"}' },
    ],
    [
      'the old place of the size of the ring',
      rule('{consistentHash: {httpQueryParameterName: q, minimumRingSize: 64}}'),
      {
        hash: ['queryParameter'],
        whole: '"RING_HASH" {"minimumRingSize":"64"}',
        v1: '"RING_HASH" {"minimumRingSize":"64"}',
      },
    ],
  ])('%s', (_, text, wanted) => expect(generated(text)).toEqual(wanted))
})
