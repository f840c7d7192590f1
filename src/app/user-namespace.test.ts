import { describe, expect, test } from 'vitest'
import { hasNeededCapabilities } from './host-user.ts'
import { findIdRange } from './user-namespace.ts'

describe('the range of ids that a user may map', () => {
  const user = { uid: 1000, gid: 1000, name: 'ada', isPrivileged: false }
  const table = 'root:1:2\nadam:5:6\nada:100000:65536\nada:300000:65536\n1001:7:8\n'

  test.each([
    ['by name, the first range', table, user, { first: 100_000, count: 65_536 }],
    ['by id', table, { ...user, uid: 1001, name: undefined }, { first: 7, count: 8 }],
    ['none for somebody else', table, { ...user, uid: 3, name: 'eve' }, undefined],
    ['none in an empty file', '', user, undefined],
    ['none where the line is no range', 'ada:many:65536\nada:1\n', user, undefined],
  ])('%s', (_name, text, who, range) => {
    expect(findIdRange(text, who)).toEqual(range)
  })
})

test.each([
  ['000001ffffffffff', true],
  ['0000000000000000', false],
  // What container runtimes leave of root by default.
  ['00000000a80425fb', false],
  ['0000000000201000', true],
])('capabilities %s suffice without a user namespace: %s', (mask, suffices) => {
  expect(hasNeededCapabilities(`Name:\tnode\nCapPrm:\t0\nCapEff:\t${mask}\nSeccomp:\t0\n`)).toBe(suffices)
})
