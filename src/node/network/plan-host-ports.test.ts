import { describe, expect, test } from 'vitest'
import type { Service } from '../../resources/core/service.ts'
import { planHostPorts, socketsFor, type HostPortRules } from './plan-host-ports.ts'
import type { ServiceWithSlices } from './service-endpoints.ts'

const balancer = (name: string, created: string, change: Partial<Service> = {}): ServiceWithSlices => ({
  service: {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default', creationTimestamp: created },
    spec: {
      type: 'LoadBalancer',
      ports: [
        { name: 'http', port: 80 },
        { name: 'names', port: 53, protocol: 'UDP' },
      ],
    },
    status: { loadBalancer: { ingress: [{ ip: '127.8.0.1' }] } },
    ...change,
  },
  slices: [],
})

const rules: HostPortRules = {
  lowestPort: 1,
  published: [],
  publishedService: { namespace: 'default', name: 'web' },
}

const planned = (...services: ServiceWithSlices[]): string[] =>
  planHostPorts(services, rules).map(({ address, port, service }) => `${address}:${port} ${service}`)

describe('the ports of load balancers on the host', () => {
  test('TCP ports at every address of the status', () => {
    const two = { loadBalancer: { ingress: [{ ip: '127.8.0.1' }, { ip: '127.8.0.2' }, { hostname: 'x' }] } }
    expect(planned(balancer('web', '2026-01-01T00:00:00Z', { status: two })).toSorted()).toEqual([
      '127.8.0.1:80 web',
      '127.8.0.2:80 web',
    ])
  })

  test('the older of two services has the address, whatever the order', () => {
    const older = balancer('zeta', '2026-01-01T00:00:00Z')
    const newer = balancer('alpha', '2026-01-02T00:00:00Z')
    expect(planned(older, newer)).toEqual(['127.8.0.1:80 zeta'])
    expect(planned(newer, older)).toEqual(['127.8.0.1:80 zeta'])
  })

  test('none for other types, before an address is given, and while the service is deleted', () => {
    const { service } = balancer('web', '2026-01-01T00:00:00Z')
    expect(
      planned(
        { service: { ...service, spec: { ...service.spec, type: 'ClusterIP' } }, slices: [] },
        { service: { ...service, status: {} }, slices: [] },
        {
          service: {
            ...service,
            metadata: { ...service.metadata, deletionTimestamp: '2026-01-03T00:00:00Z' },
          },
          slices: [],
        },
      ),
    ).toEqual([])
  })

  test('a port that this user may not open answers at another one of the address', () => {
    const { service } = balancer('web', '2026-01-01T00:00:00Z')
    const ports = [{ port: 80 }, { port: 443 }, { port: 8443 }]
    const web = { service: { ...service, spec: { ...service.spec, ports } }, slices: [] }
    const found = planHostPorts([web], { ...rules, lowestPort: 1024 })
    expect(new Map(found.map(({ port, servicePort }) => [servicePort.port, port]))).toEqual(
      new Map([
        [80, 8080],
        [443, 18_443],
        [8443, 8443],
      ]),
    )
  })

  test('published ports of the Service; one for every address takes the connections of all', () => {
    const published = [
      { address: '0.0.0.0', port: 8080, servicePort: 80 },
      { address: '127.0.0.1', port: 9090, servicePort: 80 },
      { address: '127.0.0.1', port: 9091, servicePort: 81 },
    ]
    const plan = planHostPorts([balancer('web', '2026-01-01T00:00:00Z')], {
      ...rules,
      lowestPort: 1024,
      published,
    })
    const places = (ports: typeof plan): string[] =>
      ports.map(({ address, port, isPublished }) => `${address}:${port} ${isPublished}`).toSorted()
    expect(places(plan)).toEqual(['0.0.0.0:8080 true', '127.0.0.1:9090 true', '127.8.0.1:8080 false'])
    expect(places(socketsFor(plan))).toEqual(['0.0.0.0:8080 true', '127.0.0.1:9090 true'])
  })
})
