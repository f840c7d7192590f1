import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { contentHash } from './content-hash.ts'

property.prop([fc.uint8Array({ maxLength: 64 })])(
  'equal bytes have equal hashes, wherever they lie',
  (bytes) => {
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(contentHash(shifted.subarray(3))).toBe(contentHash(bytes))
    expect(contentHash(bytes)).toMatch(/^[0-9a-f]{16}$/)
  },
)

test('a hundred thousand similar contents do not collide', () => {
  const seen = new Set<string>()
  for (let value = 0; value < 100_000; value++) {
    seen.add(contentHash(Uint8Array.of(1, 2, 3, value & 255, (value >> 8) & 255, value >> 16)))
  }
  expect(seen.size).toBe(100_000)
})

test('length counts', () => {
  expect(contentHash(Uint8Array.of())).not.toBe(contentHash(Uint8Array.of(0)))
  expect(contentHash(Uint8Array.of(0))).not.toBe(contentHash(Uint8Array.of(0, 0)))
})
