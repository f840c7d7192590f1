/** Without vowels and look-alikes, so that no name spells a word: k8s.io/apimachinery util/rand. */
const safeAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** FNV-1a, 32 bits (the hash that Kubernetes uses too). */
const fnv32a = (text: string): number => {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}

/** A hash of the text that is safe in names: up to 10 characters, the same for the same text. */
export const safeHash = (text: string): string =>
  Array.from(String(fnv32a(text)), (digit) => safeAlphabet[digit.charCodeAt(0) % safeAlphabet.length]).join(
    '',
  )
