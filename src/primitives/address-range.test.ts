import { expect, test } from 'vitest'
import { canonicalRange, isInRange } from './address-range.ts'

test.each([
  ['10.1.2.3', '10.1.0.0/16', true],
  ['10.2.2.3', '10.1.0.0/16', false],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.3', '0.0.0.0/0', true],
  ['1234:1f1::1', '1234::/16', true],
  ['1234:1f1::1', '1234:1f0::/31', true],
  ['1234:1f1::1', '1234:1f0::/32', false],
  ['::1', '::1', true],
  ['10.1.2.3', '::/0', false],
  ['::1', '0.0.0.0/0', false],
  ['nonsense', '0.0.0.0/0', false],
  ['10.1.2.3', 'nonsense', false],
  ['1::2::3', '::/0', false],
])('%s in %s: %s', (address, range, isIn) => expect(isInRange(address, range)).toBe(isIn))

test('bits beyond the prefix do not count', () => {
  expect(canonicalRange('10.1.2.3/16')).toBe(canonicalRange('10.1.0.0/16'))
  expect(canonicalRange('10.1.2.3/16')).not.toBe(canonicalRange('10.1.2.3/17'))
  expect(canonicalRange('1234:1f1:123::1/32')).toBe(canonicalRange('1234:1f1::/32'))
})
