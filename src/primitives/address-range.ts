/** Ranges of addresses as text, IPv4 (RFC 4632) and IPv6 (RFC 4291). */

export interface AddressRange {
  readonly address: string
  readonly length: number
}

/** `10.1.0.0/16`, or an address alone, which is a range of one. */
export const addressRange = (text: string): AddressRange => {
  const [address = '', length] = text.split('/')
  return { address, length: length === undefined ? (address.includes(':') ? 128 : 32) : Number(length) }
}

/** The bits that count, as text: two ranges are the same when these are. */
export const canonicalRange = (text: string): string => {
  const { address, length } = addressRange(text)
  const bits = addressBits(address)
  return bits === undefined ? text : `${bits.length}:${bits.slice(0, length)}`
}

/** True when the address lies in the range. */
export const isInRange = (address: string, text: string): boolean => {
  const range = addressRange(text)
  const [own, prefix] = [addressBits(address), addressBits(range.address)]
  return (
    own !== undefined &&
    prefix !== undefined &&
    own.length === prefix.length &&
    own.startsWith(prefix.slice(0, range.length))
  )
}

const addressBits = (address: string): string | undefined => {
  const groups = address.includes(':') ? ipv6Groups(address) : address.split('.').map(Number)
  const width = address.includes(':') ? 16 : 8
  if (groups === undefined || groups.length * width !== (width === 16 ? 128 : 32)) return undefined
  if (groups.some((group) => !Number.isInteger(group) || group < 0 || group >= 2 ** width)) return undefined
  return groups.map((group) => group.toString(2).padStart(width, '0')).join('')
}

/** Eight groups; `::` stands for those that are missing. */
const ipv6Groups = (address: string): readonly number[] | undefined => {
  const [head = '', tail, ...more] = address.split('::')
  if (more.length > 0) return undefined
  const numbers = (text: string): readonly number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  if (tail === undefined) return numbers(head)
  const missing = 8 - numbers(head).length - numbers(tail).length
  return missing < 0
    ? undefined
    : [...numbers(head), ...Array.from({ length: missing }, () => 0), ...numbers(tail)]
}
