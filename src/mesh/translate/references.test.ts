import { describe, expect, test } from 'vitest'
import type { RouteTable } from '../model/route-table.ts'
import type { Service } from '../model/service.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { holdLastGood, unresolvedReferences, type ReferenceLookup } from './references.ts'
import { translateService } from './service.ts'
import { translateVirtualService } from './virtual-service.ts'

const A = 'a.default.svc.cluster.local'

const object = (kind: string, generation: number, spec: JsonObject): KubeObject =>
  ({ apiVersion: 'v1', kind, metadata: { name: 'a', namespace: 'default', generation }, spec }) as KubeObject

const table = (generation: number, http: readonly JsonObject[], more: JsonObject = {}): RouteTable =>
  translateVirtualService(object('VirtualService', generation, { hosts: ['a'], http: [...http], ...more }))

const to = (destination: JsonObject, more: JsonObject = {}): JsonObject => ({ destination, ...more })

const a: Service = translateService(
  object('Service', 1, { clusterIP: '10.96.0.1', ports: [{ name: 'http', port: 80 }] }),
)

const lookup = (more: Partial<ReferenceLookup> = {}): ReferenceLookup => ({
  service: (host) => (host === A ? a : undefined),
  subsets: () => ['v1', 'v2'],
  hasGateway: (gateway) => gateway === 'default/gw',
  hosts: () => [A],
  ...more,
})

describe('references that lead nowhere', () => {
  test.each<[string, RouteTable, readonly [string, string, string][]]>([
    ['all there', table(1, [{ route: [to({ host: 'a', subset: 'v1', port: { number: 80 } })] }]), []],
    [
      'host in another namespace',
      table(1, [{ route: [to({ host: 'a.other' })] }]),
      [['HostNotFound', 'spec.http[0].route[0].destination.host', `such as ${A}`]],
    ],
    [
      'port',
      table(1, [{ route: [to({ host: 'a', port: { number: 81 } })] }]),
      [['PortNotFound', 'spec.http[0].route[0].destination.port.number', 'its ports: 80']],
    ],
    [
      'subset',
      table(1, [{}, { route: [to({ host: 'a' }), to({ host: 'a', subset: 'v9' }, { weight: 1 })] }]),
      [['SubsetNotFound', 'spec.http[1].route[1].destination.subset', '"v1", "v2"']],
    ],
    [
      'gateway',
      table(1, [], { gateways: ['mesh', 'gw', 'none'] }),
      [['GatewayNotFound', 'spec.gateways[2]', 'create it']],
    ],
    [
      'mirror',
      table(1, [{ route: [to({ host: 'a' })], mirror: { host: 'b' } }]),
      [['HostNotFound', 'spec.http[0].mirror.host', 'create the Service']],
    ],
    [
      'weight 0 beside others is not used',
      table(1, [{ route: [to({ host: 'a' }, { weight: 100 }), to({ host: 'none' }, { weight: 0 })] }]),
      [],
    ],
    [
      'weight 0 alone is',
      table(1, [{ route: [to({ host: 'none' }, { weight: 0 })] }]),
      [['HostNotFound', 'spec.http[0].route[0].destination.host', 'create the Service']],
    ],
  ])('%s', (_, given, expected) => {
    const findings = unresolvedReferences(given, lookup())
    expect(findings.map(({ reason, origin }) => [reason, origin.field])).toEqual(
      expected.map(([reason, field]) => [reason, field]),
    )
    for (const [index, [, , remedy]] of expected.entries()) expect(findings[index]?.remedy).toContain(remedy)
  })
})

describe('the last good table', () => {
  const good = table(1, [{ route: [to({ host: 'a', subset: 'v1' })] }])
  const broken = table(2, [{ route: [to({ host: 'a', subset: 'v9' })] }])

  test.each([
    {
      title: 'a good one replaces a good one',
      previous: good,
      next: table(2, [{ route: [to({ host: 'a' })] }]),
      used: 2,
    },
    { title: 'a broken one does not', previous: good, next: broken, used: 1 },
    { title: 'without a predecessor the broken one is used', previous: undefined, next: broken, used: 2 },
    {
      title: 'a broken one replaces a broken one',
      previous: broken,
      next: table(3, [{ route: [to({ host: 'b' })] }]),
      used: 3,
    },
    { title: 'the one in use stays when what it names goes', previous: broken, next: broken, used: 2 },
  ])('$title', ({ previous, next, used }) => {
    const result = holdLastGood(previous, next, lookup())
    expect(result.table.origin.generation).toBe(used)
    expect(result.held).toBe(used !== next.origin.generation)
  })

  test('held: the findings are those of the new one', () => {
    expect(holdLastGood(good, broken, lookup()).findings).toMatchObject([{ reason: 'SubsetNotFound' }])
  })

  test('what is kept in use counts as there, and is told', () => {
    const kept = lookup({ subsets: () => [], keptSubsets: () => ['v1'] })
    const next = table(2, [{ route: [to({ host: 'a', subset: 'v1' }, { weight: 100 })] }])
    const result = holdLastGood(good, next, kept)
    expect(result).toMatchObject({ held: false, findings: [{ reason: 'SubsetNotFound', kept: true }] })
    expect(result.table).toBe(next)
  })
})
