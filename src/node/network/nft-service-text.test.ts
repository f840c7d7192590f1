import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { tableChanges, wholeTable } from './nft-service-text.ts'
import { createRulePlanner, type ServiceRules } from './plan-nft-rules.ts'
import type { ServiceWithSlices } from './service-endpoints.ts'

const range = { base: 0x0a60_0000, prefixLength: 16 }

interface Plain {
  readonly id: number
  readonly endpoints: readonly number[]
  readonly ports: readonly number[]
  readonly affinity: boolean
  readonly external: boolean
}

const entry = ({ id, endpoints, ports, affinity, external }: Plain): ServiceWithSlices => ({
  service: {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `s${id}`, namespace: 'default' },
    spec: {
      clusterIP: `10.96.1.${id}`,
      ports: ports.map((port) => ({ name: `p${port}`, port })),
      sessionAffinity: affinity ? 'ClientIP' : 'None',
      // Claimed by several: one of them has it.
      ...(external ? { externalIPs: ['192.0.2.9'] } : {}),
    },
  },
  slices: [
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `s${id}`, namespace: 'default' },
      addressType: 'IPv4',
      endpoints: endpoints.map((last) => ({ addresses: [`10.244.0.${last}`] })),
      ports: ports.map((port) => ({ name: `p${port}`, port: port + 8000 })),
    },
  ],
})

const services = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 6 }),
    endpoints: fc.uniqueArray(fc.integer({ min: 2, max: 5 }), { maxLength: 3 }),
    ports: fc.uniqueArray(fc.constantFrom(80, 81), { minLength: 1 }),
    affinity: fc.boolean(),
    external: fc.boolean(),
  }),
  { selector: ({ id }) => id },
)

const rulesOf = (plain: readonly Plain[]): ServiceRules => createRulePlanner([])(plain.map(entry))

/** A table as the kernel would hold it; refuses what the kernel refuses. */
class Table {
  readonly chains = new Map<string, string[]>()
  readonly sets = new Map<string, Map<string, string>>()

  constructor(rules: ServiceRules) {
    for (const [chain, rule] of rules.chains) this.chains.set(chain, [rule])
    this.sets.set('service-ports', new Map(rules.servicePorts))
    for (const [name, items] of [
      ['no-endpoints', rules.noEndpoints],
      ['cluster-ips', rules.clusterIps],
      ['hairpin', rules.hairpin],
    ] as const) {
      this.sets.set(name, new Map([...items].map((item) => [item, ''])))
    }
  }

  run(command: string): void {
    const [, verb, what, name = '', rest = ''] =
      /^(\w+) (\w+) ip weft-services (\S+) ?(.*)$/.exec(command) ?? expect.unreachable(command)
    switch (`${verb} ${what}`) {
      case 'add chain':
        expect(this.chains.has(name)).toBe(false)
        this.chains.set(name, [])
        return
      case 'flush chain':
        this.rulesIn(name).splice(0)
        return
      case 'add rule':
        this.rulesIn(name).push(rest)
        return
      case 'delete chain':
        expect([...(this.sets.get('service-ports')?.values() ?? [])]).not.toContain(name)
        expect(this.chains.get(name)).toEqual([])
        this.chains.delete(name)
        return
      default:
        this.changeElements(verb, name, rest.slice(2, -2).split(', '))
    }
  }

  rulesIn(chain: string): string[] {
    return this.chains.get(chain) ?? expect.unreachable(chain)
  }

  changeElements(verb: string | undefined, name: string, items: readonly string[]): void {
    const set = this.sets.get(name) ?? expect.unreachable(name)
    for (const item of items) {
      const [key = '', chain = ''] = item.split(' : goto ')
      expect(set.has(key)).toBe(verb === 'delete')
      if (chain !== '') expect([...this.chains.keys()]).toContain(chain)
      if (verb === 'delete') set.delete(key)
      else set.set(key, chain)
    }
  }
}

describe('what changed in the table', () => {
  test.prop([services, services])('leads to the same table as the whole', (before, after) => {
    const table = new Table(rulesOf(before))
    for (const command of tableChanges(rulesOf(before), rulesOf(after)).split('\n').slice(0, -1)) {
      table.run(command)
    }
    const whole = new Table(rulesOf(after))
    expect(table.chains).toEqual(whole.chains)
    expect(table.sets).toEqual(whole.sets)
  })

  test.prop([services])('is nothing for the same services in another order', (plain) => {
    expect(tableChanges(rulesOf(plain), rulesOf(plain.toReversed()))).toBe('')
  })

  test.prop([services, services])(
    'is planned alike by a planner that remembers other services and by a new one',
    (before, after) => {
      const remembering = createRulePlanner([])
      const shared = before.map(entry)
      remembering(shared)
      // The same Service object, with other slices.
      const moved = shared.map(({ service }, index) => ({
        service,
        slices: shared.at(index - 1)?.slices ?? [],
      }))
      for (const list of [moved, after.map(entry)]) {
        expect(wholeTable(remembering(list), range)).toBe(wholeTable(createRulePlanner([])(list), range))
      }
    },
  )

  test('touches only the chain and the elements of the service that changed', () => {
    const web = { id: 1, endpoints: [2, 3], ports: [80], affinity: false, external: false }
    const other = { ...web, id: 2 }
    const changes = tableChanges(rulesOf([web, other]), rulesOf([{ ...web, endpoints: [2, 4] }, other]))
    expect(changes).toBe(
      [
        'flush chain ip weft-services service/default/s1/tcp/80',
        'add rule ip weft-services service/default/s1/tcp/80 meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.244.0.2 . 8080, 1 : 10.244.0.4 . 8080 }',
        'add element ip weft-services hairpin { 10.244.0.4 . 10.244.0.4 }',
        '',
      ].join('\n'),
    )
  })
})
