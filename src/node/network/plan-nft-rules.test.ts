import { describe, expect, test } from 'vitest'
import type { EndpointConditions, EndpointSlice } from '../../resources/discovery/endpoint-slice.ts'
import type { Service, ServiceSpec } from '../../resources/core/service.ts'
import { wholeTable } from './nft-service-text.ts'
import { createRulePlanner } from './plan-nft-rules.ts'
import type { ServiceWithSlices } from './service-endpoints.ts'

const planNftRules = (services: readonly ServiceWithSlices[]): string =>
  wholeTable(createRulePlanner(['10.96.0.10'])(services), { base: 0x0a60_0000, prefixLength: 16 })

const service = (name: string, spec: ServiceSpec): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec,
})

interface Backend {
  readonly ip: string
  readonly conditions?: EndpointConditions
}

const slice = (ports: EndpointSlice['ports'], backends: readonly Backend[]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'slice', namespace: 'default' },
  addressType: 'IPv4',
  endpoints: backends.map(({ ip, conditions = { ready: true } }) => ({ addresses: [ip], conditions })),
  ...(ports === undefined ? {} : { ports }),
})

const web = (spec: Partial<ServiceSpec>, backends: readonly Backend[]): ServiceWithSlices => ({
  service: service('web', { clusterIP: '10.96.0.5', ports: [{ name: 'http', port: 80 }], ...spec }),
  slices: [slice([{ name: 'http', port: 8080 }], backends)],
})

const chains = (rules: string): string[] =>
  rules
    .split('\n')
    .filter((line) => line.includes('dnat ip to'))
    .map((line) => line.trim())

describe('the rules of service addresses', () => {
  test.each([
    {
      name: 'every ready endpoint with the same chance',
      entry: web({}, [{ ip: '10.244.0.12' }, { ip: '10.244.0.11' }]),
      expected:
        'meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.244.0.11 . 8080, 1 : 10.244.0.12 . 8080 }',
    },
    {
      name: 'no endpoint that is not ready',
      entry: web({}, [{ ip: '10.244.0.12', conditions: { ready: false } }, { ip: '10.244.0.11' }]),
      expected: 'meta l4proto tcp dnat ip to numgen random mod 1 map { 0 : 10.244.0.11 . 8080 }',
    },
    {
      name: 'endpoints that end, when no other is left',
      entry: web({}, [
        { ip: '10.244.0.12', conditions: { ready: false, serving: true, terminating: true } },
        { ip: '10.244.0.11', conditions: { ready: false, serving: false, terminating: true } },
      ]),
      expected: 'meta l4proto tcp dnat ip to numgen random mod 1 map { 0 : 10.244.0.12 . 8080 }',
    },
    {
      name: 'session affinity by the address of the client',
      entry: web({ sessionAffinity: 'ClientIP' }, [{ ip: '10.244.0.12' }, { ip: '10.244.0.11' }]),
      expected:
        'meta l4proto tcp dnat ip to jhash ip saddr mod 2 seed 0x77656674 map { 0 : 10.244.0.11 . 8080, 1 : 10.244.0.12 . 8080 }',
    },
  ])('$name', ({ entry, expected }) => {
    expect(chains(planNftRules([entry]))).toEqual([expected])
  })

  test('a port without endpoints is refused', () => {
    const rules = planNftRules([web({}, [{ ip: '10.244.0.12', conditions: { ready: false } }])])
    expect(chains(rules)).toEqual([])
    expect(rules).toContain(
      'set no-endpoints {\n    type ipv4_addr . inet_proto . inet_service\n    elements = {\n      10.96.0.5 . tcp . 80\n    }',
    )
  })

  test('headless and external services and addresses of the node itself have no rules', () => {
    const entries = [
      web({ clusterIP: 'None' }, [{ ip: '10.244.0.12' }]),
      web({ type: 'ExternalName', externalName: 'example.com' }, []),
      web({ clusterIP: '10.96.0.10' }, [{ ip: '10.244.0.12' }]),
    ]
    expect(planNftRules(entries)).toBe(planNftRules([]))
  })

  test('an external address that two services claim goes to one', () => {
    const second = service('zeta', {
      clusterIP: '10.96.0.6',
      externalIPs: ['192.0.2.9'],
      ports: [{ port: 80 }],
    })
    const rules = planNftRules([
      { service: second, slices: [slice([{ port: 8080 }], [{ ip: '10.244.0.13' }])] },
      web({ externalIPs: ['192.0.2.9'] }, [{ ip: '10.244.0.12' }]),
    ])
    expect(rules.match(/192\.0\.2\.9 \. tcp \. 80 : goto .*/g)).toEqual([
      '192.0.2.9 . tcp . 80 : goto service/default/web/tcp/80',
    ])
  })

  test('the same services in another order give the same text', () => {
    const other: ServiceWithSlices = {
      service: service('api', { clusterIP: '10.96.0.7', ports: [{ port: 53, protocol: 'UDP' }] }),
      slices: [slice([{ port: 53, protocol: 'UDP' }], [{ ip: '10.244.0.14' }])],
    }
    const first = web({}, [{ ip: '10.244.0.12' }])
    expect(planNftRules([first, other])).toBe(planNftRules([other, first]))
  })

  test('the whole table', async () => {
    const entries: ServiceWithSlices[] = [
      web({}, [{ ip: '10.244.0.11' }, { ip: '10.244.0.12' }]),
      {
        service: service('kubernetes', { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443 }] }),
        slices: [slice([{ name: 'https', port: 6443 }], [{ ip: '10.244.0.1' }])],
      },
      {
        service: service('names', { clusterIP: '10.96.0.8', ports: [{ port: 53, protocol: 'UDP' }] }),
        slices: [slice([{ port: 5353, protocol: 'UDP' }], [{ ip: '10.244.0.13' }])],
      },
      { service: service('empty', { clusterIP: '10.96.0.9', ports: [{ port: 80 }] }), slices: [] },
    ]
    await expect(planNftRules(entries)).toMatchFileSnapshot('testdata/service-rules.nft')
  })
})
