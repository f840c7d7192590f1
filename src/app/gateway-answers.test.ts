import { expect, test } from 'vitest'
import type { Service } from '../resources/core/service.ts'
import { gatewayUrl } from './gateway-answers.ts'

const gateway = (ports: readonly number[], ip?: string): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'istio-ingressgateway', namespace: 'istio-system' },
  spec: { type: 'LoadBalancer', ports: ports.map((port) => ({ port })) },
  status: { loadBalancer: ip === undefined ? {} : { ingress: [{ ip }] } },
})

test.each([
  [gateway([15_021, 80, 443], '127.8.0.1'), 1, 'http://127.8.0.1'],
  [gateway([15_021, 80, 443], '127.8.0.1'), 1024, 'http://127.8.0.1:8080'],
  [gateway([80, 8080], '127.8.0.1'), 1024, 'http://127.8.0.1:18080'],
  [gateway([9000], '127.8.0.1'), 1024, 'http://127.8.0.1:9000'],
  [gateway([80]), 1, undefined],
  [undefined, 1, undefined],
])('the gateway’s address %#', (service, lowestHostPort, url) => {
  expect(gatewayUrl(service, { lowestHostPort })).toBe(url)
})
