import { describe, expect, test } from 'vitest'
import type { Service } from '../model/service.ts'
import type { DestinationPolicy } from '../model/traffic-policy.ts'
import { policyLookup } from './policy-lookup.ts'

const origin = { kind: 'DestinationRule', namespace: '', name: '', generation: 1 }
const HOST = 'a.server.svc.cluster.local'

const service: Service = {
  host: HOST,
  name: 'a',
  namespace: 'server',
  addresses: [],
  ports: [],
  resolution: 'endpoints',
  labels: {},
  exportTo: ['*'],
  publishNotReady: false,
  createdAt: '',
  origin,
}

const policy = (
  name: string,
  namespace: string,
  more: Partial<DestinationPolicy> = {},
): DestinationPolicy => ({
  name,
  namespace,
  host: HOST,
  policy: {},
  byPort: new Map(),
  subsets: [],
  exportTo: ['*'],
  createdAt: '',
  origin,
  origins: [origin],
  ...more,
})

describe('the policy of a call', () => {
  const caller = { namespace: 'client', labels: { app: 'c' } }
  const selector = { workloadSelector: { app: 'c' } }
  test.each<[string, readonly DestinationPolicy[], string | undefined]>([
    ['none', [], undefined],
    [
      "the caller's namespace before the service's before the root",
      [policy('root', 'istio-system'), policy('server', 'server'), policy('client', 'client')],
      'client',
    ],
    ["the service's before the root", [policy('root', 'istio-system'), policy('server', 'server')], 'server'],
    ['the root at last', [policy('root', 'istio-system')], 'root'],
    ['never that of a third namespace', [policy('third', 'third')], undefined],
    [
      'the exact host before a wildcard',
      [policy('wild', 'client', { host: '*.local' }), policy('exact', 'client')],
      'exact',
    ],
    [
      'the narrower wildcard',
      [policy('wide', 'client', { host: '*' }), policy('narrow', 'client', { host: '*.svc.cluster.local' })],
      'narrow',
    ],
    [
      "a wildcard of the caller's namespace before the exact host of the service's",
      [policy('exact', 'server'), policy('wild', 'client', { host: '*' })],
      'wild',
    ],
    ['the caller’s own, though exported to nobody', [policy('own', 'client', { exportTo: ['~'] })], 'own'],
    [
      'not the service’s where it is not exported to the caller',
      [policy('private', 'server', { exportTo: ['.'] }), policy('root', 'istio-system')],
      'root',
    ],
    ['the selecting one first', [policy('all', 'client'), policy('mine', 'client', selector)], 'mine'],
    [
      'not one that selects others',
      [policy('all', 'client'), policy('other', 'client', { workloadSelector: { app: 'x' } })],
      'all',
    ],
    ['selecting ones hold in their own namespace alone', [policy('mine', 'server', selector)], undefined],
  ])('%s', (_, policies, expected) => {
    expect(policyLookup(policies, 'istio-system').policyFor(service, caller)?.name).toBe(expected)
  })

  test('callers of the root namespace: what the root says is for everybody comes last', () => {
    const lookup = policyLookup([policy('root', 'istio-system'), policy('server', 'server')], 'istio-system')
    expect(lookup.policyFor(service, { namespace: 'istio-system', labels: {} })?.name).toBe('server')
  })

  test('the policies that a namespace’s workloads differ by', () => {
    const lookup = policyLookup([policy('all', 'client'), policy('mine', 'client', selector)], 'istio-system')
    expect(lookup.selective('client').map(({ name }) => name)).toEqual(['mine'])
    expect(lookup.selective('server')).toEqual([])
  })
})
