import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPodAddressPool } from './pod-address-pool.ts'

const small = { base: 0x0af4_0000, prefixLength: 28 }

describe('the pool of pod addresses', () => {
  test('leaves the node its own and the broadcast address, and ends', () => {
    const pool = createPodAddressPool(small, [])
    expect([1, 2, 3, 4, 5, 6].map(() => pool.take())).toEqual([
      '10.244.0.10',
      '10.244.0.11',
      '10.244.0.12',
      '10.244.0.13',
      '10.244.0.14',
      undefined,
    ])
  })

  test('goes on after the addresses found again', () => {
    const pool = createPodAddressPool(small, ['10.244.0.12'])
    expect([pool.take(), pool.take(), pool.take()]).toEqual(['10.244.0.13', '10.244.0.14', '10.244.0.10'])
  })

  test('a released address comes back last', () => {
    const pool = createPodAddressPool(small, [])
    const first = pool.take() ?? ''
    pool.release(first)
    expect([1, 2, 3, 4, 5].map(() => pool.take())).toEqual([
      '10.244.0.11',
      '10.244.0.12',
      '10.244.0.13',
      '10.244.0.14',
      first,
    ])
  })

  test('never gives an address that is in use', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 200 }), (steps) => {
        const pool = createPodAddressPool({ base: 0x0af4_0000, prefixLength: 27 }, [])
        const used: string[] = []
        for (const step of steps) {
          const released = step > 10 ? used.splice(step % Math.max(used.length, 1), 1)[0] : undefined
          if (released !== undefined) pool.release(released)
          const address = pool.take()
          if (address === undefined) expect(used).toHaveLength(21)
          else used.push(address)
        }
        expect(new Set(used).size).toBe(used.length)
      }),
    )
  })
})
