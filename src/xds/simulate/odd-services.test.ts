/** Services that are no plain ClusterIP, and connections that carry no requests: where a sidecar sends them. */
import { fromBinary } from '@bufbuild/protobuf'
import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../mesh/view/proxy-view.ts'
import { createViewer } from '../../mesh/view/viewer.ts'
import { createSnapshotBuilder } from '../generate/snapshot.ts'
import { meshOfFiles } from '../generate/testdata/mesh-of-files.ts'
import { inconsistencies } from '../generate/consistency.ts'
import {
  Cluster_DiscoveryType,
  ClusterSchema,
} from '../proto/generated/envoy/config/cluster/v3/cluster_pb.js'
import { ClusterLoadAssignmentSchema } from '../proto/generated/envoy/config/endpoint/v3/endpoint_pb.js'
import { CLUSTER_TYPE, ENDPOINT_TYPE } from '../protocol/ads-port.ts'
import type { Call } from './call.ts'
import { simulate } from './simulate.ts'
import { simulatedConfig } from './simulated-config.ts'

const snapshotOf = (unknownDestinations: 'pass' | 'refuse') => {
  const mesh = {
    ...meshOfFiles('entries.yaml'),
    settings: { ...DEFAULT_SETTINGS, unknownDestinations },
  }
  const proxy = { type: 'sidecar' as const, name: 'caller', namespace: 'default', labels: {} }
  return createSnapshotBuilder().build(createViewer().view(mesh, proxy)).delta
}
const snapshot = snapshotOf('pass')
const config = simulatedConfig(snapshot)

const tcp = (address: string, port: number): Call => ({ way: 'outbound', address, port, protocol: 'tcp' })
const tls = (address: string, port: number, serverName: string): Call => ({
  ...tcp(address, port),
  tls: { serverName, protocols: [] },
})
const http = (address: string, port: number, authority: string): Call => ({
  way: 'outbound',
  address,
  port,
  protocol: 'http/1.1',
  request: { method: 'GET', path: '/', authority, scheme: 'http', headers: {} },
})

/** Clusters, with their weights where there are several. */
const way = (call: Call, at = config): string => {
  const outcome = simulate(at, call)
  if (outcome.kind !== 'forward') return outcome.kind
  const [only, ...others] = outcome.clusters
  return others.length === 0
    ? (only?.name ?? '')
    : outcome.clusters.map(({ name, weight }) => `${weight} ${name}`).join(', ')
}

const OUT = '198.51.100.7'

describe('where calls go', () => {
  test.each<[string, Call, string]>([
    ['a name of the DNS', http(OUT, 80, 'api.example.com'), 'outbound|80||api.example.com'],
    ['its other port, by the handshake', tls(OUT, 443, 'api.example.com'), 'outbound|443||api.example.com'],
    ['another name there', tls(OUT, 443, 'elsewhere.com'), 'PassthroughCluster'],
    ['no name there', tcp(OUT, 443), 'PassthroughCluster'],
    ['a wildcard', http(OUT, 80, 'a.wild.example.com'), 'outbound|80||*.wild.example.com'],
    ['a host that nobody knows', http(OUT, 80, 'elsewhere.com'), 'PassthroughCluster'],
    ['a TLS route', tls(OUT, 443, 'www.wild.example.com'), 'outbound|443||api.example.com'],
    ['its wildcard', tls(OUT, 443, 'b.wild.example.com'), 'outbound|443||*.wild.example.com'],
    ['a range of a TCP route', tcp('10.50.1.9', 5432), 'outbound|5432||machines.example.com'],
    [
      'the range of the service, split by weight',
      tcp('10.50.2.9', 5432),
      '75 outbound|5432||database.example.com, 25 outbound|5432||machines.example.com',
    ],
    ['an address outside of the range', tcp('10.51.0.1', 5432), 'PassthroughCluster'],
    ['an address of its own', tcp('10.60.0.1', 5432), 'outbound|5432||machines.example.com'],
    [
      'a pod of a headless service',
      tcp('10.244.0.31', 6379),
      'outbound|6379||queue.default.svc.cluster.local',
    ],
    ['the other pod', tcp('10.244.0.32', 6379), 'outbound|6379||queue.default.svc.cluster.local'],
    ['no pod of it', tcp('10.244.0.33', 6379), 'PassthroughCluster'],
    [
      'HTTP to a headless port that says nothing',
      http('10.244.0.31', 7000, 'queue-0.queue'),
      'outbound|7000||queue.default.svc.cluster.local',
    ],
    [
      'a service without selector',
      http('10.96.0.77', 80, 'manual'),
      'outbound|80||manual.default.svc.cluster.local',
    ],
  ])('%s', (_, call, wanted) => expect(way(call)).toBe(wanted))

  test('with REGISTRY_ONLY what nobody knows goes nowhere', () => {
    const refusing = simulatedConfig(snapshotOf('refuse'))
    expect(way(tcp(OUT, 443), refusing)).toBe('BlackHoleCluster')
    expect(way(tcp(OUT, 9999), refusing)).toBe('BlackHoleCluster')
    expect(way(http(OUT, 80, 'elsewhere.com'), refusing)).toBe('direct-response')
    expect(way(tcp('10.244.0.31', 6379), refusing)).toContain('queue')
  })
})

describe('what the clusters are', () => {
  const cluster = (name: string) => {
    const resource = snapshot.resources.get(CLUSTER_TYPE)?.get(name)
    if (resource === undefined) throw new Error(`no cluster ${name}`)
    const decoded = fromBinary(ClusterSchema, resource.body)
    const type = decoded.clusterDiscoveryType.case === 'type' ? decoded.clusterDiscoveryType.value : undefined
    return { type, targets: targetsOf(decoded.loadAssignment) }
  }
  const targetsOf = (
    assignment: ReturnType<typeof fromBinary<typeof ClusterLoadAssignmentSchema>> | undefined,
  ): readonly string[] =>
    (assignment?.endpoints ?? []).flatMap(({ lbEndpoints }) =>
      lbEndpoints.map(({ hostIdentifier, loadBalancingWeight }) => {
        const address = hostIdentifier.case === 'endpoint' ? hostIdentifier.value.address?.address : undefined
        return address?.case === 'socketAddress'
          ? `${address.value.address}:${address.value.portSpecifier.value} *${loadBalancingWeight}`
          : ''
      }),
    )

  test.each([
    ['outbound|80||api.example.com', Cluster_DiscoveryType.STRICT_DNS, ['api.example.com:8080 *1']],
    ['outbound|80||round.example.com', Cluster_DiscoveryType.LOGICAL_DNS, ['us.round.example.com:8080 *1']],
    ['outbound|80||*.wild.example.com', Cluster_DiscoveryType.ORIGINAL_DST, []],
    ['outbound|5432||machines.example.com', Cluster_DiscoveryType.EDS, []],
    ['outbound|6379||queue.default.svc.cluster.local', Cluster_DiscoveryType.ORIGINAL_DST, []],
  ])('%s', (name, type, targets) => expect(cluster(name)).toEqual({ type, targets }))

  test('endpoints of WorkloadEntries, and of slices that users write', () => {
    const targets = (name: string): readonly string[] => {
      const resource = snapshot.resources.get(ENDPOINT_TYPE)?.get(name)
      return resource === undefined ? [] : targetsOf(fromBinary(ClusterLoadAssignmentSchema, resource.body))
    }
    expect(targets('outbound|5432||machines.example.com')).toEqual(['10.70.0.1:6432 *3'])
    expect(targets('outbound|80||manual.default.svc.cluster.local')).toEqual(['192.0.2.9:8888 *1'])
  })

  test('nothing names what is not there', () => expect(inconsistencies(snapshot)).toEqual([]))
})
