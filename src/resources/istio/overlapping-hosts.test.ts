import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { firstOverlaps } from './overlapping-hosts.ts'

const label = fc.constantFrom('a', 'b', 'ab', 'ba')
const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'))
const host = fc.oneof(
  name,
  name.map((rest) => `*.${rest}`),
  name.map((rest) => `*${rest}`),
  fc.constant('*'),
)

/** Some name is covered by both: what follows the stars ends alike, and a name without a star is only itself. */
const overlap = (left: string, right: string): boolean => {
  const [longer, shorter] = left.length >= right.length ? [left, right] : [right, left]
  if (shorter.startsWith('*')) return longer.replace(/^\*/, '').endsWith(shorter.slice(1))
  return longer.startsWith('*') ? shorter.endsWith(longer.slice(1)) : left === right
}

describe('firstOverlaps', () => {
  test.each([
    [
      ['a.com', 'b.com', 'a.com'],
      [undefined, undefined, 0],
    ],
    [
      ['x.a.com', '*.com', 'y.com', '*.a.com'],
      [undefined, 0, 1, 0],
    ],
    [
      ['*.a.com', 'a.com', '*'],
      [undefined, undefined, 0],
    ],
  ])('%j', (hosts, expected) => {
    expect(firstOverlaps(hosts)).toEqual(expected)
  })

  property.prop([fc.array(host, { maxLength: 8 })])('is what comparing each with each finds', (hosts) => {
    const compared = hosts.map((one, index) => {
      const earlier = hosts.slice(0, index).findIndex((other) => overlap(other, one))
      return earlier === -1 ? undefined : earlier
    })
    expect(firstOverlaps(hosts)).toEqual(compared)
  })
})
