import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import {
  addressIndex,
  type Cidr,
  cidrContains,
  cidrSize,
  formatCidr,
  formatIpv4,
  nthAddress,
  parseCidr,
  parseIpv4,
} from './cidr.ts'

const cidr = (text: string): Cidr => {
  const parsed = parseCidr(text)
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}

describe('IPv4 addresses', () => {
  it.each(['', '1.2.3', '1.2.3.4.5', '256.0.0.1', '01.2.3.4', '1.2.3.-4', 'a.b.c.d', '1.2.3.4 ', '::1'])(
    '%j is refused',
    (text) => {
      expect(parseIpv4(text)).toBeUndefined()
    },
  )
  test.prop([fc.ipV4()])('print what they parse', (text) => {
    expect(formatIpv4(parseIpv4(text) ?? -1)).toBe(text)
  })
})

describe('CIDR ranges', () => {
  it('clear host bits and print back', () => {
    expect(formatCidr(cidr('10.244.7.9/16'))).toBe('10.244.0.0/16')
    expect(formatCidr(cidr('255.255.255.255/1'))).toBe('128.0.0.0/1')
    expect(formatCidr(cidr('10.0.0.1'))).toBe('10.0.0.1/32')
    expect(formatCidr(cidr('1.2.3.4/0'))).toBe('0.0.0.0/0')
  })

  it('contain their own addresses only', () => {
    const range = cidr('10.96.0.0/16')
    expect(cidrContains(range, '10.96.255.255')).toBe(true)
    expect(cidrContains(range, '10.97.0.0')).toBe(false)
    expect(cidrContains(range, '10.95.255.255')).toBe(false)
    expect(cidrContains(range, 'myapp')).toBe(false)
    expect(cidrContains(cidr('0.0.0.0/0'), '255.255.255.255')).toBe(true)
  })

  it('count their addresses', () => {
    expect(cidrSize(cidr('0.0.0.0/0'))).toBe(4_294_967_296)
    expect(nthAddress(cidr('10.96.0.0/16'), 10)).toBe('10.96.0.10')
    expect(nthAddress(cidr('10.96.0.0/30'), 4)).toBeUndefined()
    expect(nthAddress(cidr('10.96.0.0/30'), -1)).toBeUndefined()
    expect(nthAddress(cidr('10.96.0.0/30'), 0.5)).toBeUndefined()
    expect(addressIndex(cidr('10.96.0.0/16'), '10.96.1.2')).toBe(258)
    expect(addressIndex(cidr('10.96.0.0/16'), '10.97.1.2')).toBeUndefined()
  })

  it.each(['', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0/8', '10.0.0.0/-1', 'fe80::/10'])(
    '%j is refused with what to write',
    (text) => {
      expect(parseCidr(text)).toEqual({
        ok: false,
        error: `invalid CIDR address ${JSON.stringify(text)}: write an IPv4 address and a prefix length, such as "10.0.0.0/8"`,
      })
    },
  )

  test.prop([fc.ipV4(), fc.integer({ min: 0, max: 32 }), fc.double({ min: 0, max: 0.999, noNaN: true })])(
    'an address and its index are inverse',
    (base, length, share) => {
      const range = cidr(`${base}/${length}`)
      const index = Math.floor(share * cidrSize(range))
      const address = nthAddress(range, index) ?? ''
      expect(cidrContains(range, address)).toBe(true)
      expect(addressIndex(range, address)).toBe(index)
    },
  )
})
