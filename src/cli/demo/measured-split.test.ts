import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { VirtualService } from '../../resources/istio/virtual-service.ts'
import { readDemoObjects } from './demo-objects.ts'
import { demos, type DemoCall } from './demos.ts'
import { createLiveText } from './live-text.ts'
import { configuredShares, splitTable } from './measured-split.ts'

const examples = join(import.meta.dirname, '../../../examples')

const call: DemoCall = {
  title: 't',
  from: { kind: 'gateway' },
  path: '/',
  answer: /x/,
  rule: 0,
  subsets: { v1: 'one', v2: 'two' },
}

const routeWith = (route: readonly object[]): VirtualService =>
  ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'x' },
    spec: { http: [{ route }] },
  }) as unknown as VirtualService

const to = (subset: string | undefined, weight?: number) => ({
  destination: { host: 'app', ...(subset === undefined ? {} : { subset }) },
  ...(weight === undefined ? {} : { weight }),
})

describe('configured shares', () => {
  test.each([
    [[to('v1', 75), to('v2', 25)], { one: 0.75, two: 0.25 }],
    [[to('v1', 1), to('v2', 3)], { one: 0.25, two: 0.75 }],
    [[to('v2')], { two: 1 }],
    [[to(undefined)], { app: 1 }],
    [[to('v1', 0), to('v2', 0)], { one: 0, two: 0 }],
    [[], {}],
  ])('of %j', (route, shares) => {
    expect(configuredShares(routeWith(route), call)).toEqual(shares)
  })
})

test('the table has a line for each answer, also for those that nobody configured', () => {
  const counts = new Map([
    ['one', 3],
    ['status 503', 1],
  ])
  expect(splitTable({ one: 0.75, two: 0.25 }, counts)).toBe(
    [
      '  ANSWER       CONFIGURED   MEASURED   REQUESTS',
      '  one              75.0 %     75.0 %          3',
      '  two              25.0 %      0.0 %          0',
      '  status 503            -     25.0 %          1',
      '',
    ].join('\n'),
  )
})

test('on a terminal a state takes the place of the one before', () => {
  const written: string[] = []
  const show = createLiveText((text) => written.push(text), true)
  show('a\nb\n')
  show('c\n')
  expect(written).toEqual(['a\nb\n', '\u001B[2A\u001B[J', 'c\n'])
})

describe.each(demos)('demo $name', (demo) => {
  test('its files are there, and its VirtualService has a rule and an answer for each call', async () => {
    for (const file of demo.files) expect(existsSync(join(examples, file.split('#')[0] ?? ''))).toBe(true)
    const objects = await readDemoObjects(examples, demo)
    const route = objects.findLast(
      ({ kind, metadata }) => kind === 'VirtualService' && metadata.name === demo.virtualService,
    )
    for (const one of demo.calls) {
      const shares = configuredShares(route as VirtualService, one)
      expect(Object.values(shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1)
      for (const answer of Object.keys(shares)) expect(Object.values(one.subsets)).toContain(answer)
    }
  })
})
