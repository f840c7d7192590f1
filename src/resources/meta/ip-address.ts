/** The syntax of IP addresses and blocks of them. */
const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`, 'u')
const HEXTET = /^[0-9a-fA-F]{1,4}$/

export const isIpv4 = (text: string): boolean => IPV4.test(text)

/** The number of 16-bit groups of one side of `::`; NaN when one is malformed. */
const groupsOf = (side: string): number => {
  if (side === '') return 0
  const groups = side.split(':')
  const last = groups.at(-1) ?? ''
  const isMapped = isIpv4(last)
  const plain = isMapped ? groups.slice(0, -1) : groups
  return plain.every((group) => HEXTET.test(group)) ? plain.length + (isMapped ? 2 : 0) : Number.NaN
}

export const isIpv6 = (text: string): boolean => {
  const sides = text.split('::')
  if (sides.length > 2) return false
  const count = sides.reduce((sum, side) => sum + groupsOf(side), 0)
  return sides.length === 2 ? count <= 7 : count === 8
}

export const isIpAddress = (text: string): boolean => isIpv4(text) || isIpv6(text)

/** An address, or a block such as `10.0.0.0/8`. */
export const isAddressOrBlock = (text: string): boolean => {
  const [address = '', bits, ...more] = text.split('/')
  if (more.length > 0) return false
  if (bits === undefined) return isIpAddress(address)
  const limit = isIpv4(address) ? 32 : 128
  return isIpAddress(address) && /^\d{1,3}$/.test(bits) && Number(bits) <= limit
}
