/** IPv4 addresses and ranges as numbers (RFC 4632). */
import { fail, ok, type Result } from './result.ts'

/** `base` is the network address as an unsigned 32-bit number; host bits are zero. */
export interface Cidr {
  readonly base: number
  readonly prefixLength: number
}

/** The unsigned 32-bit number of a dotted address, or undefined. Leading zeros are refused (they read as octal elsewhere). */
export const parseIpv4 = (text: string): number | undefined => {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let address = 0
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
    address = address * 256 + Number(part)
  }
  return address
}

/** The dotted form of an unsigned 32-bit number. */
export const formatIpv4 = (address: number): string =>
  [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')

/** How many addresses the range holds. */
export const cidrSize = (cidr: Cidr): number => 2 ** (32 - cidr.prefixLength)

/** Parses `10.244.0.0/16`; host bits are cleared as Go's `net.ParseCIDR` does. A bare address is a /32. */
export const parseCidr = (text: string): Result<Cidr, string> => {
  const [addressText = '', lengthText, ...rest] = text.split('/')
  const address = parseIpv4(addressText)
  const prefixLength = lengthText === undefined ? 32 : /^\d{1,2}$/.test(lengthText) ? Number(lengthText) : 33
  if (address === undefined || prefixLength > 32 || rest.length > 0) {
    return fail(
      `invalid CIDR address ${JSON.stringify(text)}: write an IPv4 address and a prefix length, such as "10.0.0.0/8"`,
    )
  }
  const size = 2 ** (32 - prefixLength)
  return ok({ base: address - (address % size), prefixLength })
}

export const formatCidr = (cidr: Cidr): string => `${formatIpv4(cidr.base)}/${cidr.prefixLength}`

/** True when the dotted `address` lies in the range; false for text that is no IPv4 address. */
export const cidrContains = (cidr: Cidr, address: string): boolean => {
  const number = parseIpv4(address)
  return number !== undefined && number >= cidr.base && number < cidr.base + cidrSize(cidr)
}

/** The `index`-th address of the range (0 is the network address), or undefined outside of it. */
export const nthAddress = (cidr: Cidr, index: number): string | undefined =>
  Number.isInteger(index) && index >= 0 && index < cidrSize(cidr) ? formatIpv4(cidr.base + index) : undefined

/** The inverse of `nthAddress`: where the dotted `address` stands in the range. */
export const addressIndex = (cidr: Cidr, address: string): number | undefined => {
  const number = parseIpv4(address)
  return number !== undefined && cidrContains(cidr, address) ? number - cidr.base : undefined
}
