import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { cidrContains, parseCidr } from '../../primitives/cidr.ts'
import type { Service } from '../../resources/core/service.ts'
import { addressOf, planLoadBalancer } from './plan-load-balancer.ts'

const parsed = parseCidr('127.8.0.0/29')
if (!parsed.ok) throw new Error(parsed.error)
const range = parsed.value
const place = { range, lowestPort: 1 }

const aService = (spec: Partial<Service['spec']> = {}, ip?: string): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'gateway', namespace: 'istio-system' },
  spec: { type: 'LoadBalancer', ...spec },
  status: { loadBalancer: ip === undefined ? {} : { ingress: [{ ip, ipMode: 'VIP' }] } },
})

test.prop([fc.array(fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }), { maxLength: 8 })])(
  'no address is given twice, all are in the range, and as many as it has are given',
  (wishes) => {
    const given: string[] = []
    for (const wish of wishes) {
      const service = aService(wish === undefined ? {} : { loadBalancerIP: `127.8.0.${wish}` })
      const plan = planLoadBalancer(service, place, new Set(given))
      if (plan.type === 'setStatus' && plan.ip !== undefined) {
        expect(given).not.toContain(plan.ip)
        expect(cidrContains(range, plan.ip)).toBe(true)
        given.push(plan.ip)
        expect(
          planLoadBalancer({ ...service, status: plan.status }, place, new Set(given.slice(0, -1))).type,
        ).toBe('nothing')
      } else if (wish === undefined) expect(given.length).toBe(6)
      else expect(given).toContain(`127.8.0.${wish}`)
    }
  },
)

test.each([
  ['127.9.0.1', [], /spec.loadBalancerIP: 127.9.0.1 is not in the load balancer range 127.8.0.0\/29/],
  ['127.8.0.3', ['127.8.0.3'], /spec.loadBalancerIP: 127.8.0.3 belongs to another Service/],
])('%s is refused with what to write instead', (loadBalancerIP, taken, message) => {
  const plan = planLoadBalancer(aService({ loadBalancerIP }), place, new Set(taken))
  expect(plan).toEqual({ type: 'refuse', message: expect.stringMatching(message) })
})

test('an address that another service has too is given up', () => {
  const plan = planLoadBalancer(aService({}, '127.8.0.1'), place, new Set(['127.8.0.1']))
  expect(plan).toMatchObject({ type: 'setStatus', ip: '127.8.0.2' })
})

test('a service that is no load balancer any more loses its address; another class is left alone', () => {
  expect(planLoadBalancer(aService({ type: 'ClusterIP' }, '127.8.0.1'), place, new Set())).toEqual({
    type: 'setStatus',
    ip: undefined,
    status: { loadBalancer: {} },
  })
  expect(planLoadBalancer(aService({ loadBalancerClass: 'x/y' }, '10.0.0.1'), place, new Set())).toEqual({
    type: 'nothing',
  })
  expect(addressOf(aService({}, '127.8.0.1'))).toBe('127.8.0.1')
})

test('ports that this user may not open are named in the status, as long as there are any', () => {
  const low = { ...place, lowestPort: 1024 }
  const web = [{ port: 80 }, { port: 8080 }, { port: 53, protocol: 'UDP' as const }]
  const plan = planLoadBalancer(aService({ ports: web }, '127.8.0.1'), low, new Set())
  if (plan.type !== 'setStatus') throw new Error(plan.type)
  expect(plan.status.loadBalancer?.ingress).toEqual([
    {
      ip: '127.8.0.1',
      ipMode: 'VIP',
      ports: [
        { port: 80, protocol: 'TCP', error: 'weft.dev/HostPortForbidden' },
        { port: 8080, protocol: 'TCP' },
        { port: 53, protocol: 'UDP' },
      ],
    },
  ])
  const told = { ...aService({ ports: web }), status: plan.status }
  expect(planLoadBalancer(told, low, new Set()).type).toBe('nothing')
  expect(planLoadBalancer(told, place, new Set())).toMatchObject({
    status: { loadBalancer: { ingress: [{ ip: '127.8.0.1', ipMode: 'VIP' }] } },
  })
  expect(planLoadBalancer(aService({ ports: web.slice(1) }, '127.8.0.1'), low, new Set()).type).toBe(
    'nothing',
  )
})
