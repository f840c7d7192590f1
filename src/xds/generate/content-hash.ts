/** A 64-bit hash of bytes: equal bytes, equal version. */

/** Two 32-bit lanes of multiply-and-rotate over four bytes at a time (MurmurHash3's steps); not for secrets. */
export const contentHash = (bytes: Uint8Array): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const whole = bytes.byteLength & ~3
  let left = 0x9e3779b9 ^ bytes.byteLength
  let right = 0x85ebca6b ^ bytes.byteLength
  for (let offset = 0; offset < whole; offset += 4) {
    const word = view.getUint32(offset, true)
    left = step(left, word, 0xcc9e2d51, 0x1b873593)
    right = step(right, word, 0x239b961b, 0xab0e9789)
  }
  for (let offset = whole; offset < bytes.byteLength; offset++) {
    const byte = view.getUint8(offset) + 1
    left = step(left, byte, 0xcc9e2d51, 0x1b873593)
    right = step(right, byte, 0x239b961b, 0xab0e9789)
  }
  return hex(finish(left + right)) + hex(finish(left ^ Math.imul(right, 0x9e3779b1)))
}

const step = (hash: number, word: number, first: number, second: number): number => {
  const mixed = Math.imul(rotate(Math.imul(word, first), 15), second)
  return (Math.imul(rotate(hash ^ mixed, 13), 5) + 0xe6546b64) | 0
}

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))

const finish = (hash: number): number => {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35)
  return second ^ (second >>> 16)
}

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0')
