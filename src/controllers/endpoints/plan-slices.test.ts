import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import type { Pod } from '../../resources/core/pod.ts'
import type { Service } from '../../resources/core/service.ts'
import type { EndpointSlice } from '../../resources/discovery/endpoint-slice.ts'
import { planEndpoints } from './plan-endpoints.ts'
import { maxEndpointsPerSlice, planSlices } from './plan-slices.ts'
import { endpointGroups } from './service-endpoints.ts'

const aService = (spec: Partial<Service['spec']> = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', uid: 's', labels: { team: 'a' } },
  spec: {
    selector: { app: 'web' },
    ports: [{ name: 'http', port: 80, targetPort: 'http', appProtocol: 'http2' }],
    ...spec,
  },
})

interface PodTraits {
  readonly id: number
  readonly port?: number
  readonly ready?: boolean
  readonly terminating?: boolean
  readonly phase?: 'Running' | 'Succeeded'
  readonly ip?: string
  readonly app?: string
}

const aPod = ({
  id,
  port = 8080,
  ready = true,
  terminating = false,
  phase = 'Running',
  ip,
  app = 'web',
}: PodTraits): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `p${id}`,
    namespace: 'default',
    uid: `u${id}`,
    labels: { app },
    ...(terminating ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
  },
  spec: {
    nodeName: 'weft',
    containers: [{ name: 'app', image: 'web', ports: [{ name: 'http', containerPort: port }] }],
  },
  status: {
    phase,
    podIP: ip ?? `10.244.${id >> 8}.${id & 255}`,
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
  },
})

const apply = (service: Service, pods: readonly Pod[], slices: readonly EndpointSlice[]) => {
  const actions = planSlices(service, endpointGroups(service, pods), slices)
  const byName = new Map(slices.map((slice) => [slice.metadata.name, slice]))
  for (const { type, slice } of actions) {
    expect(byName.has(slice.metadata.name)).toBe(type !== 'create')
    if (type === 'delete') byName.delete(slice.metadata.name)
    else byName.set(slice.metadata.name, slice)
  }
  return { actions, slices: [...byName.values()] }
}

const someTraits = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 350 }),
    port: fc.constantFrom(8080, 8080, 8080, 9090),
    ready: fc.boolean(),
    terminating: fc.boolean(),
    phase: fc.constantFrom('Running', 'Running', 'Running', 'Succeeded'),
    app: fc.constantFrom('web', 'web', 'web', 'other'),
  }),
  { selector: ({ id }) => id, maxLength: 330, size: 'max' },
)

test.prop([someTraits, someTraits], { numRuns: 60 })(
  'from any slices to any pods: every endpoint once, with its own ports, within the size, and then nothing to do',
  (before, after) => {
    const service = aService()
    const { slices } = apply(service, after.map(aPod), apply(service, before.map(aPod), []).slices)
    for (const slice of slices) {
      expect(slice.endpoints.length).toBeLessThanOrEqual(maxEndpointsPerSlice)
      for (const endpoint of slice.endpoints) {
        const traits = after.find(({ id }) => `u${id}` === endpoint.targetRef?.uid)
        expect(slice.ports).toEqual([
          { name: 'http', protocol: 'TCP', port: traits?.port, appProtocol: 'http2' },
        ])
        expect(endpoint.conditions).toEqual({
          ready: traits?.ready === true && !traits.terminating,
          serving: traits?.ready,
          terminating: traits?.terminating,
        })
      }
    }
    const wanted = after
      .filter(({ phase, app }) => phase === 'Running' && app === 'web')
      .map(({ id }) => `u${id}`)
    const held = slices.flatMap(({ endpoints }) => endpoints.map(({ targetRef }) => targetRef?.uid ?? ''))
    expect(held.toSorted()).toEqual(wanted.toSorted())
    expect(slices.length).toBeGreaterThan(0)
    expect(apply(service, after.map(aPod), slices).actions).toEqual([])
  },
)

test('one pod that changes touches one slice', () => {
  const service = aService()
  const traits = Array.from({ length: 250 }, (_, index) => ({ id: index + 1 }))
  const { slices } = apply(service, traits.map(aPod), [])
  expect(slices.map(({ endpoints }) => endpoints.length)).toEqual([100, 100, 50])
  const changed = traits.map((one) => aPod(one.id === 120 ? { ...one, ready: false } : one))
  expect(apply(service, changed, slices).actions.map(({ type }) => type)).toEqual(['update'])
  const replaced = traits.map((one) => aPod(one.id === 120 ? { id: 999 } : one))
  expect(apply(service, replaced, slices).actions.map(({ type }) => type)).toEqual(['update'])
})

test('a cache that misses the first slice leads to the same name, which the API refuses', () => {
  const service = aService()
  const [first] = apply(service, [aPod({ id: 1 })], []).slices
  const [again] = apply(service, [aPod({ id: 1 }), aPod({ id: 2 })], []).slices
  expect(again?.metadata.name).toBe(first?.metadata.name)
  expect(first?.metadata).toMatchObject({
    labels: {
      team: 'a',
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    },
    ownerReferences: [{ kind: 'Service', name: 'web', uid: 's', controller: true, blockOwnerDeletion: true }],
  })
})

test('a headless service that publishes what is not ready', () => {
  const service = aService({ clusterIP: 'None', publishNotReadyAddresses: true })
  const [slice] = apply(service, [aPod({ id: 1, ready: false })], []).slices
  expect(slice?.metadata.labels).toHaveProperty(['service.kubernetes.io/headless'], '')
  expect(slice?.endpoints[0]?.conditions).toEqual({ ready: true, serving: false, terminating: false })
})

test.each([
  ['without a selector', aService({ selector: {} })],
  ['with an external name', aService({ type: 'ExternalName', externalName: 'example.test' })],
])('a service %s has no endpoints of ours', (_, service) => {
  expect(endpointGroups(service, [aPod({ id: 1 })])).toEqual([])
})

test('the older Endpoints leave out what terminates, and are written only when they change', () => {
  const service = aService()
  const pods = [
    aPod({ id: 2 }),
    aPod({ id: 1 }),
    aPod({ id: 3, ready: false }),
    aPod({ id: 4, terminating: true }),
  ]
  const groups = endpointGroups(service, pods)
  const written = planEndpoints(service, groups, undefined)
  expect(written?.subsets?.[0]).toMatchObject({
    addresses: [{ ip: '10.244.0.1' }, { ip: '10.244.0.2' }],
    notReadyAddresses: [{ ip: '10.244.0.3' }],
    ports: [{ name: 'http', port: 8080, protocol: 'TCP', appProtocol: 'http2' }],
  })
  expect(planEndpoints(service, groups, written)).toBeUndefined()
})
