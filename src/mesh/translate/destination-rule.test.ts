import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { mergeDestinationPolicies, translateDestinationRule } from './destination-rule.ts'

const rule = (
  name: string,
  created: string,
  spec: JsonObject,
): KubeObject & { readonly spec: JsonObject } => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name, namespace: 'default', generation: 1, creationTimestamp: created },
  spec,
})

describe('DestinationRule', () => {
  test.each([
    ['LEAST_REQUEST', 'least-request'],
    ['LEAST_CONN', 'least-request'],
    ['ROUND_ROBIN', 'round-robin'],
    ['RANDOM', 'random'],
    ['PASSTHROUGH', 'original-destination'],
    ['UNSPECIFIED', undefined],
  ])('load balancer %s', (simple, balancer) => {
    const policy = translateDestinationRule(
      rule('a', '', { host: 'b', trafficPolicy: { loadBalancer: { simple } } }),
    )
    expect(policy.policy.balancer).toBe(balancer)
  })

  test('portLevelSettings stand for their port alone', () => {
    const policy = translateDestinationRule(
      rule('a', '', {
        host: 'b',
        trafficPolicy: {
          loadBalancer: { simple: 'RANDOM' },
          portLevelSettings: [{ port: { number: 80 }, connectionPool: { tcp: { maxConnections: 3 } } }],
        },
      }),
    )
    expect(policy.policy).toEqual({ balancer: 'random' })
    expect(policy.byPort.get(80)).toEqual({ connectionPool: { maxConnections: 3 } })
  })

  test('rules for one host are united; the older wins', () => {
    const merged = mergeDestinationPolicies(
      [
        rule('young', '2026-02-01T00:00:00Z', {
          host: 'b',
          trafficPolicy: { loadBalancer: { simple: 'RANDOM' } },
          subsets: [
            { name: 'v1', labels: { version: 'young' } },
            { name: 'v2', labels: { version: 'v2' } },
          ],
        }),
        rule('old', '2026-01-01T00:00:00Z', {
          host: 'b.default.svc.cluster.local',
          subsets: [{ name: 'v1', labels: { version: 'old' } }],
        }),
      ].map((object) => translateDestinationRule(object)),
    )
    expect(merged).toHaveLength(1)
    expect(merged[0]).toMatchObject({
      name: 'old',
      policy: { balancer: 'random' },
      subsets: [
        { name: 'v1', labels: { version: 'old' } },
        { name: 'v2', labels: { version: 'v2' }, origin: { name: 'young', field: 'spec.subsets[1]' } },
      ],
    })
    expect(merged[0]?.origins.map(({ name }) => name)).toEqual(['old', 'young'])
  })

  test('other readers keep rules apart', () => {
    const policies = [
      rule('a', '', { host: 'b', exportTo: ['.'] }),
      rule('c', '', { host: 'b', exportTo: ['*'] }),
    ].map((object) => translateDestinationRule(object))
    expect(mergeDestinationPolicies(policies)).toHaveLength(2)
  })
})
