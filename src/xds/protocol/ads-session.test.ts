import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import {
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  LISTENER_TYPE,
  ROUTE_TYPE,
  SECRET_TYPE,
  VIRTUAL_HOST_TYPE,
} from './ads-port.ts'
import {
  AdsSession,
  type AdsRequest,
  type Dialect,
  type PlannedResponse,
  type SessionOutput,
} from './ads-session.ts'
import type { EncodedResource, Snapshot } from './resource.ts'

const resource = (typeUrl: string, name: string, version: string): EncodedResource => ({
  typeUrl,
  name,
  version,
  body: new TextEncoder().encode(version),
  origins: [],
})

type Plain = Readonly<Record<string, Readonly<Record<string, string>>>>

const snapshotOf = (plain: Plain): Snapshot => ({
  resources: new Map(
    Object.entries(plain).map(([typeUrl, versions]) => [
      typeUrl,
      new Map(Object.entries(versions).map(([name, version]) => [name, resource(typeUrl, name, version)])),
    ]),
  ),
})

const delta = (
  typeUrl: string,
  options: {
    subscribe?: readonly string[]
    unsubscribe?: readonly string[]
    versions?: Readonly<Record<string, string>>
    nonce?: string
    error?: string
  } = {},
): AdsRequest => ({
  typeUrl,
  nonce: options.nonce ?? '',
  error: options.error,
  names: {
    dialect: 'delta',
    subscribe: options.subscribe ?? [],
    unsubscribe: options.unsubscribe ?? [],
    versions: new Map(Object.entries(options.versions ?? {})),
  },
})

const sotw = (typeUrl: string, all: readonly string[], nonce = '', error?: string): AdsRequest => ({
  typeUrl,
  nonce,
  error,
  names: { dialect: 'sotw', all },
})

const sends = (outputs: readonly SessionOutput[]): readonly PlannedResponse[] =>
  outputs.flatMap((output) => (output.kind === 'send' ? [output.response] : []))

const brief = (outputs: readonly SessionOutput[]) =>
  sends(outputs).map((response) => [
    response.typeUrl.slice(response.typeUrl.lastIndexOf('.') + 1),
    response.resources.map(({ name, version }) => `${name}=${version}`).toSorted(),
    response.removed.toSorted(),
  ])

const nonceOf = (outputs: readonly SessionOutput[]): string => sends(outputs)[0]?.nonce ?? 'none'

describe('a delta stream', () => {
  test('answers nothing before it has a snapshot', () => {
    const session = new AdsSession('delta')
    expect(session.request(delta(CLUSTER_TYPE))).toEqual([])
    expect(brief(session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: { a: '1' } })))).toEqual([
      ['Cluster', ['a=1'], []],
    ])
  })

  test('sends only what changed, merged while a response is outstanding', () => {
    const session = new AdsSession('delta')
    session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: { a: '1', b: '1' } }))
    const first = session.request(delta(CLUSTER_TYPE))
    expect(brief(first)).toEqual([['Cluster', ['a=1', 'b=1'], []]])
    expect(session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: { a: '2', b: '1' } }))).toEqual([])
    expect(session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: { a: '3', b: '1' } }))).toEqual([])
    expect(brief(session.request(delta(CLUSTER_TYPE, { nonce: nonceOf(first) })))).toEqual([
      ['Cluster', ['a=3'], []],
    ])
  })

  test('a reconnecting client gets the difference to what it says it holds', () => {
    const session = new AdsSession('delta')
    session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: { same: '1', changed: '2', fresh: '1' } }))
    const outputs = session.request(delta(CLUSTER_TYPE, { versions: { same: '1', changed: '1', gone: '1' } }))
    expect(brief(outputs)).toEqual([['Cluster', ['changed=2', 'fresh=1'], ['gone']]])
    expect(outputs[0]).toMatchObject({ kind: 'acknowledged', changes: new Map([['same', { version: '1' }]]) })
  })

  test('a cluster that changed while the client was away gets its endpoints, though the client holds them', () => {
    const session = new AdsSession('delta')
    session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: { a: '2' }, [ENDPOINT_TYPE]: { a: '1' } }))
    expect(brief(session.request(delta(CLUSTER_TYPE, { versions: { a: '1' } })))).toEqual([
      ['Cluster', ['a=2'], []],
    ])
    // Until they come Envoy acknowledges no cluster: it warms.
    expect(brief(session.request(delta(ENDPOINT_TYPE, { subscribe: ['a'], versions: { a: '1' } })))).toEqual([
      ['ClusterLoadAssignment', ['a=1'], []],
    ])
  })

  test('a client that asks for endpoints before clusters has a cluster that warms: it gets them anew', () => {
    const session = new AdsSession('delta')
    session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: { a: '1' }, [ENDPOINT_TYPE]: { a: '1' } }))
    expect(brief(session.request(delta(ENDPOINT_TYPE, { subscribe: ['a'], versions: { a: '1' } })))).toEqual([
      ['ClusterLoadAssignment', ['a=1'], []],
    ])
  })

  test('a cluster that went while it warmed: the question for its endpoints is answered before it goes', () => {
    const session = new AdsSession('delta')
    session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: { a: '1' }, [ENDPOINT_TYPE]: { a: '1' } }))
    session.request(delta(CLUSTER_TYPE))
    session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: {}, [ENDPOINT_TYPE]: {} }))
    expect(brief(session.request(delta(ENDPOINT_TYPE, { subscribe: ['a'] })))).toEqual([
      ['ClusterLoadAssignment', [], ['a']],
    ])
  })

  test('a changed cluster that is to go gets the endpoints that it had: it serves until no route names it', () => {
    const session = new AdsSession('delta')
    session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: { a: '1' }, [ENDPOINT_TYPE]: { a: '1' } }))
    const clusters = session.request(delta(CLUSTER_TYPE))
    const endpoints = session.request(delta(ENDPOINT_TYPE, { subscribe: ['a'] }))
    session.request(delta(ENDPOINT_TYPE, { nonce: nonceOf(endpoints) }))
    const changed = session.setSnapshot(
      snapshotOf({ [CLUSTER_TYPE]: { a: '2' }, [ENDPOINT_TYPE]: { a: '2' } }),
    )
    session.request(delta(CLUSTER_TYPE, { nonce: nonceOf(clusters) }))
    session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: {}, [ENDPOINT_TYPE]: {} }))
    expect(brief(session.request(delta(ENDPOINT_TYPE, { nonce: nonceOf(changed) })))).toEqual([
      ['ClusterLoadAssignment', ['a=2'], []],
    ])
  })

  test('what came and went before it could travel is told as gone', () => {
    const session = new AdsSession('delta')
    session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: {} }))
    session.request(delta(CLUSTER_TYPE))
    session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: { a: '1' }, [VIRTUAL_HOST_TYPE]: { '80/a': '1' } }))
    expect(session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: {}, [VIRTUAL_HOST_TYPE]: {} }))).toEqual([
      { kind: 'acknowledged', typeUrl: VIRTUAL_HOST_TYPE, changes: new Map([['80/a', undefined]]) },
    ])
  })

  test('a name that does not exist is answered as removed, once', () => {
    const session = new AdsSession('delta')
    session.setSnapshot(snapshotOf({ [ENDPOINT_TYPE]: {} }))
    const outputs = session.request(delta(ENDPOINT_TYPE, { subscribe: ['missing'] }))
    expect(brief(outputs)).toEqual([['ClusterLoadAssignment', [], ['missing']]])
    expect(session.request(delta(ENDPOINT_TYPE, { nonce: nonceOf(outputs) }))).toEqual([
      { kind: 'acknowledged', typeUrl: ENDPOINT_TYPE, changes: new Map([['missing', undefined]]) },
    ])
  })

  test('a name subscribed again is sent again', () => {
    const session = new AdsSession('delta')
    session.setSnapshot(snapshotOf({ [SECRET_TYPE]: { a: '1' } }))
    const first = session.request(delta(SECRET_TYPE, { subscribe: ['a'] }))
    session.request(delta(SECRET_TYPE, { nonce: nonceOf(first) }))
    expect(brief(session.request(delta(SECRET_TYPE, { subscribe: ['a'] })))).toEqual([
      ['Secret', ['a=1'], []],
    ])
  })

  test('an empty mesh is an answer too, so that the proxy does not wait', () => {
    const session = new AdsSession('delta')
    session.setSnapshot(snapshotOf({}))
    expect(brief(session.request(delta(CLUSTER_TYPE)))).toEqual([['Cluster', [], []]])
    expect(brief(session.request(delta(VIRTUAL_HOST_TYPE)))).toEqual([])
  })

  test('an empty list subscribes to all virtual hosts, of the route tables that the proxy holds', () => {
    const session = new AdsSession('delta')
    session.setSnapshot(
      snapshotOf({
        [ROUTE_TYPE]: { '80': '1', '90': '1' },
        [VIRTUAL_HOST_TYPE]: { '80/a': '1', '90/a': '1' },
      }),
    )
    const tables = session.request(delta(ROUTE_TYPE, { subscribe: ['80'] }))
    const hosts = session.request(delta(VIRTUAL_HOST_TYPE))
    expect(brief(hosts)).toEqual([['VirtualHost', ['80/a=1'], []]])
    session.request(delta(VIRTUAL_HOST_TYPE, { nonce: nonceOf(hosts) }))
    session.request(delta(ROUTE_TYPE, { nonce: nonceOf(tables) }))
    expect(brief(session.request(delta(ROUTE_TYPE, { subscribe: ['90'] })))).toEqual([
      ['RouteConfiguration', ['90=1'], []],
      ['VirtualHost', ['90/a=1'], []],
    ])
  })
})

describe('make before break', () => {
  const before = snapshotOf({
    [CLUSTER_TYPE]: { old: '1' },
    [ENDPOINT_TYPE]: { old: '1' },
    [ROUTE_TYPE]: { '80': 'to old' },
  })
  const after = snapshotOf({
    [CLUSTER_TYPE]: { fresh: '1' },
    [ENDPOINT_TYPE]: { fresh: '1' },
    [ROUTE_TYPE]: { '80': 'to fresh' },
  })

  const settle = (session: AdsSession, requests: readonly AdsRequest[]): void => {
    const waiting = requests.flatMap((request) => sends(session.request(request)))
    for (let response = waiting.shift(); response !== undefined; response = waiting.shift()) {
      const { typeUrl, nonce } = response
      waiting.push(...sends(session.request(delta(typeUrl, { nonce }))))
    }
  }

  const settled = (): AdsSession => {
    const session = new AdsSession('delta')
    session.setSnapshot(before)
    settle(session, [
      delta(CLUSTER_TYPE),
      delta(ENDPOINT_TYPE, { subscribe: ['old'] }),
      delta(ROUTE_TYPE, { subscribe: ['80'] }),
    ])
    return session
  }

  test('clusters, then endpoints, then routes, then the removal, each after the acknowledgement before it', () => {
    const session = settled()
    const clusters = session.setSnapshot(after)
    expect(brief(clusters)).toEqual([['Cluster', ['fresh=1'], []]])
    expect(brief(session.request(delta(CLUSTER_TYPE, { nonce: nonceOf(clusters) })))).toEqual([])
    expect(session.waiting).toBe(true)
    const endpoints = session.request(delta(ENDPOINT_TYPE, { subscribe: ['fresh'] }))
    expect(brief(endpoints)).toEqual([['ClusterLoadAssignment', ['fresh=1'], []]])
    const routes = session.request(delta(ENDPOINT_TYPE, { nonce: nonceOf(endpoints) }))
    expect(brief(routes)).toEqual([['RouteConfiguration', ['80=to fresh'], []]])
    const removal = session.request(delta(ROUTE_TYPE, { nonce: nonceOf(routes) }))
    expect(brief(removal)).toEqual([['Cluster', [], ['old']]])
  })

  test('a refused route keeps the cluster that it still uses', () => {
    const session = settled()
    const clusters = session.setSnapshot(after)
    session.request(delta(CLUSTER_TYPE, { nonce: nonceOf(clusters) }))
    const endpoints = session.request(delta(ENDPOINT_TYPE, { subscribe: ['fresh'] }))
    const routes = session.request(delta(ENDPOINT_TYPE, { nonce: nonceOf(endpoints) }))
    const outputs = session.request(delta(ROUTE_TYPE, { nonce: nonceOf(routes), error: 'bad regex' }))
    expect(outputs).toMatchObject([{ kind: 'refused', typeUrl: ROUTE_TYPE, message: 'bad regex' }])
  })

  test('a proxy that never asks for endpoints does not hold up its routes for ever', () => {
    const session = settled()
    const clusters = session.setSnapshot(after)
    session.request(delta(CLUSTER_TYPE, { nonce: nonceOf(clusters) }))
    expect(brief(session.stopWaiting())).toEqual([['RouteConfiguration', ['80=to fresh'], []]])
  })

  test('a changed cluster gets its endpoints again, unasked', () => {
    const session = settled()
    const changed = snapshotOf({
      [CLUSTER_TYPE]: { old: '2' },
      [ENDPOINT_TYPE]: { old: '1' },
      [ROUTE_TYPE]: { '80': 'to old' },
    })
    expect(brief(session.setSnapshot(changed))).toEqual([
      ['Cluster', ['old=2'], []],
      ['ClusterLoadAssignment', ['old=1'], []],
    ])
  })
})

describe('a refused response', () => {
  const good = { a: '1', b: '1', c: '1', d: '1' }
  const withBad = { a: '2', b: '2', c: 'bad', d: '2' }

  const refuseBad = (session: AdsSession, start: readonly SessionOutput[], words: string) => {
    const refused: unknown[] = []
    const waiting = [...sends(start)]
    let rounds = 0
    for (let response = waiting.shift(); response !== undefined; response = waiting.shift()) {
      rounds += 1
      const bad = response.resources.some(({ version }) => version === 'bad')
      const outputs = session.request(
        delta(response.typeUrl, { nonce: response.nonce, ...(bad ? { error: words } : {}) }),
      )
      waiting.push(...sends(outputs))
      refused.push(...outputs.filter((output) => output.kind === 'refused'))
    }
    return { refused, rounds }
  }

  const start = (): AdsSession => {
    const session = new AdsSession('delta')
    session.setSnapshot(snapshotOf({ [LISTENER_TYPE]: good }))
    refuseBad(session, session.request(delta(LISTENER_TYPE)), '')
    return session
  }

  const heldBy = (session: AdsSession) =>
    Object.fromEntries(
      [...(session.types[0]?.held.entries() ?? [])].map(([name, { version }]) => [name, version]),
    )

  test('that names the culprit costs one more response', () => {
    const session = start()
    const first = session.setSnapshot(snapshotOf({ [LISTENER_TYPE]: withBad }))
    const { refused, rounds } = refuseBad(
      session,
      first,
      'Error adding/updating listener(s) c: no filter chains',
    )
    expect(refused).toMatchObject([{ changes: new Map([['c', { version: 'bad' }]]) }])
    expect(rounds).toBe(2)
    expect(heldBy(session)).toEqual({ a: '2', b: '2', c: '1', d: '2' })
  })

  test('that names nobody is cut in halves until the culprit is alone', () => {
    const session = start()
    const first = session.setSnapshot(snapshotOf({ [LISTENER_TYPE]: withBad }))
    const { refused } = refuseBad(session, first, 'only unique values for domains are permitted')
    expect(refused).toMatchObject([{ changes: new Map([['c', { version: 'bad' }]]) }])
    expect(heldBy(session)).toEqual({ a: '2', b: '2', c: '1', d: '2' })
  })

  test('is not sent again, until it changes', () => {
    const session = start()
    refuseBad(session, session.setSnapshot(snapshotOf({ [LISTENER_TYPE]: withBad })), 'x')
    expect(session.setSnapshot(snapshotOf({ [LISTENER_TYPE]: { ...withBad } }))).toEqual([])
    expect(brief(session.setSnapshot(snapshotOf({ [LISTENER_TYPE]: { ...withBad, c: '3' } })))).toEqual([
      ['Listener', ['c=3'], []],
    ])
  })

  test('taken back by its author is held as before, and said so', () => {
    const session = start()
    refuseBad(session, session.setSnapshot(snapshotOf({ [LISTENER_TYPE]: { ...good, c: 'bad' } })), 'x')
    expect(session.setSnapshot(snapshotOf({ [LISTENER_TYPE]: good }))).toMatchObject([
      { kind: 'acknowledged', changes: new Map([['c', { version: '1' }]]) },
    ])
    expect(session.types[0]?.settled).toBe(true)
  })
})

describe('a state-of-the-world stream', () => {
  test('a full response keeps a cluster until no route uses it', () => {
    const session = new AdsSession('sotw')
    session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: { old: '1' }, [ROUTE_TYPE]: { '80': 'to old' } }))
    const clusters = session.request(sotw(CLUSTER_TYPE, []))
    session.request(sotw(CLUSTER_TYPE, [], nonceOf(clusters)))
    const routes = session.request(sotw(ROUTE_TYPE, ['80']))
    session.request(sotw(ROUTE_TYPE, ['80'], nonceOf(routes)))
    const push = session.setSnapshot(
      snapshotOf({ [CLUSTER_TYPE]: { fresh: '1' }, [ROUTE_TYPE]: { '80': 'to fresh' } }),
    )
    expect(brief(push)).toEqual([['Cluster', ['fresh=1', 'old=1'], []]])
    const next = session.request(sotw(CLUSTER_TYPE, [], nonceOf(push)))
    expect(brief(next)).toEqual([['RouteConfiguration', ['80=to fresh'], []]])
    expect(brief(session.request(sotw(ROUTE_TYPE, ['80'], nonceOf(next))))).toEqual([
      ['Cluster', ['fresh=1'], []],
    ])
  })

  test('a stale request says nothing', () => {
    const session = new AdsSession('sotw')
    session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: { a: '1' } }))
    session.request(sotw(CLUSTER_TYPE, []))
    expect(session.request(sotw(CLUSTER_TYPE, ['b'], 'stale'))).toEqual([])
    expect(session.types[0]?.outstanding).toBe(true)
  })

  test('the last good cluster stays in a full response when its successor is refused', () => {
    const session = new AdsSession('sotw')
    session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: { a: '1', b: '1' } }))
    const first = session.request(sotw(CLUSTER_TYPE, []))
    session.request(sotw(CLUSTER_TYPE, [], nonceOf(first)))
    const second = session.setSnapshot(snapshotOf({ [CLUSTER_TYPE]: { a: 'bad', b: '2' } }))
    const third = session.request(
      sotw(CLUSTER_TYPE, [], nonceOf(second), 'Error adding/updating cluster(s) a: no'),
    )
    expect(brief(third)).toEqual([['Cluster', ['a=1', 'b=2'], []]])
  })
})

/** A client that holds what it was sent, refuses what is bad, and may be late. */
class Client {
  readonly held = new Map<string, Map<string, string>>()
  readonly names = new Map<string, Set<string>>()
  readonly #session: AdsSession
  readonly #inbox: PlannedResponse[] = []
  readonly #lastNonce = new Map<string, string>()

  readonly #postponed: (() => void)[] = []

  constructor(session: AdsSession) {
    this.#session = session
  }

  take(outputs: readonly SessionOutput[]): void {
    this.#inbox.push(...sends(outputs))
  }

  subscribe(typeUrl: string, add: readonly string[], drop: readonly string[]): void {
    // A state-of-the-world server never hears of names dropped and taken up again while its response is on the way.
    const isLate = this.#inbox.some((response) => response.typeUrl === typeUrl)
    if (this.#session.dialect === 'sotw' && isLate) {
      this.#postponed.push(() => this.subscribe(typeUrl, add, drop))
      return
    }
    const names = this.names.get(typeUrl) ?? new Set()
    const fresh = add.filter((name) => !names.has(name))
    const gone = drop.filter((name) => names.has(name) && !add.includes(name))
    if (this.names.has(typeUrl) && fresh.length + gone.length === 0) return
    for (const name of gone) names.delete(name)
    for (const name of fresh) names.add(name)
    this.names.set(typeUrl, names)
    for (const name of gone) this.held.get(typeUrl)?.delete(name)
    this.take(
      this.#session.request(
        this.#session.dialect === 'delta'
          ? delta(typeUrl, { subscribe: fresh, unsubscribe: gone })
          : sotw(typeUrl, [...names], this.#lastNonce.get(typeUrl) ?? ''),
      ),
    )
  }

  /** Works off one response; false when there is none. */
  step(words: (bad: string) => string): boolean {
    const response = this.#inbox.shift()
    if (response === undefined) return false
    const { typeUrl, nonce } = response
    this.#lastNonce.set(typeUrl, nonce)
    const bad = response.resources.find(({ version }) => version.startsWith('bad'))
    if (bad === undefined) this.#apply(response)
    const error = bad === undefined ? undefined : words(bad.name)
    this.take(
      this.#session.request(
        this.#session.dialect === 'delta'
          ? delta(typeUrl, { nonce, ...(error === undefined ? {} : { error }) })
          : sotw(typeUrl, [...(this.names.get(typeUrl) ?? [])], nonce, error),
      ),
    )
    for (const ask of this.#postponed.splice(0)) ask()
    return true
  }

  #apply(response: PlannedResponse): void {
    const held = this.held.get(response.typeUrl) ?? new Map<string, string>()
    this.held.set(response.typeUrl, held)
    const whole = this.#session.dialect === 'sotw' && [CLUSTER_TYPE, LISTENER_TYPE].includes(response.typeUrl)
    if (whole) held.clear()
    for (const name of response.removed) held.delete(name)
    const names = this.names.get(response.typeUrl)
    for (const { name, version } of response.resources) {
      // A late answer to a name that is no longer subscribed is dropped, as Envoy does.
      if (wildTypes.includes(response.typeUrl) || names?.has(name) === true) held.set(name, version)
    }
  }
}

const wildTypes = [CLUSTER_TYPE, LISTENER_TYPE]
const namedTypes = [ENDPOINT_TYPE, SECRET_TYPE]
const allNames = ['a', 'b', 'c', 'd', 'e']

const versions = fc.dictionary(fc.constantFrom(...allNames), fc.constantFrom('1', '2', '3', 'bad1', 'bad2'))
const operation = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'step' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('snapshot' as const),
      types: fc.tuple(versions, versions, versions, versions),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('names' as const),
      typeUrl: fc.constantFrom(...namedTypes),
      add: fc.subarray(allNames),
      drop: fc.subarray(allNames),
    }),
  },
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

const types = [...wildTypes, ...namedTypes]

const run = (dialect: Dialect, operations: readonly Operation[], words: (bad: string) => string) => {
  const session = new AdsSession(dialect)
  const client = new Client(session)
  let plain: Plain = {}
  for (const typeUrl of wildTypes) client.subscribe(typeUrl, [], [])
  for (const op of operations) {
    if (op.kind === 'step') client.step(words)
    if (op.kind === 'names') client.subscribe(op.typeUrl, op.add, op.drop)
    if (op.kind === 'snapshot') {
      plain = Object.fromEntries(types.map((typeUrl, index) => [typeUrl, op.types[index] ?? {}]))
      client.take(session.setSnapshot(snapshotOf(plain)))
    }
  }
  let steps = 0
  const goOn = (): boolean => {
    if (client.step(words)) return true
    if (!session.waiting) return false
    client.take(session.stopWaiting())
    return client.step(words)
  }
  while (goOn()) expect((steps += 1)).toBeLessThan(2000)
  return { session, client, plain }
}

const wanted = (plain: Plain, client: Client, typeUrl: string): Record<string, string> => {
  const names = client.names.get(typeUrl)
  const covered = Object.entries(plain[typeUrl] ?? {}).filter(
    ([name]) => wildTypes.includes(typeUrl) || names?.has(name) === true,
  )
  return Object.fromEntries(covered)
}

const goodOnes = (versions: Iterable<readonly [string, string]>, skip: ReadonlySet<string>) =>
  Object.fromEntries([...versions].filter(([name]) => !skip.has(name)))

describe.each(['delta', 'sotw'] as const)('any course of a %s stream', (dialect) => {
  property.prop([fc.array(operation, { maxLength: 40 }), fc.boolean()])(
    'ends with the client holding exactly the snapshot, refused resources aside',
    (operations, named) => {
      const { session, client, plain } = run(dialect, operations, (bad) =>
        named ? `error at ${bad}: x` : 'error',
      )
      for (const typeUrl of types) {
        const want = wanted(plain, client, typeUrl)
        const bad = new Set(
          Object.entries(want).flatMap(([name, version]) => (version.startsWith('bad') ? [name] : [])),
        )
        const held = [...(client.held.get(typeUrl) ?? [])]
        if (dialect === 'delta' || wildTypes.includes(typeUrl)) {
          const removalsWait = typeUrl === CLUSTER_TYPE || typeUrl === ENDPOINT_TYPE
          const extra = removalsWait ? held.filter(([name]) => want[name] === undefined) : []
          // Clusters stay while a listener is refused: its last good version may use them. Endpoints stay while the
          // client has the cluster.
          const clusters = typeUrl === ENDPOINT_TYPE ? client.held.get(CLUSTER_TYPE) : undefined
          if (extra.some(([name]) => clusters?.has(name) !== true))
            expect(session.types.some((type) => type.refused.size > 0)).toBe(true)
          const skip = new Set([...bad, ...extra.map(([name]) => name)])
          expect(goodOnes(held, skip)).toEqual(goodOnes(Object.entries(want), skip))
        } else {
          // A state-of-the-world client is never told that a named resource is gone.
          expect(Object.fromEntries(held)).toMatchObject(goodOnes(Object.entries(want), bad))
        }
        for (const [, version] of held) expect(version.startsWith('bad')).toBe(false)
      }
    },
  )
})

property.prop([fc.array(operation, { maxLength: 40 })])(
  'both dialects end with the same resources',
  (operations) => {
    const ends = (['delta', 'sotw'] as const).map((dialect) => {
      const { client, plain } = run(dialect, operations, () => 'error')
      return types.map((typeUrl) => {
        const want = wanted(plain, client, typeUrl)
        return Object.fromEntries(
          [...(client.held.get(typeUrl) ?? [])].filter(([name, version]) => want[name] === version),
        )
      })
    })
    expect(ends[0]).toEqual(ends[1])
  },
)
