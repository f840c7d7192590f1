/** IP addresses of both families as numbers, and their canonical text (RFC 5952). */
import { isIpv4, isIpv6 } from '../../meta/ip-address.ts'

export interface IpNumber {
  readonly family: 4 | 6
  readonly value: bigint
}

export const bitsOf = (family: 4 | 6): number => (family === 4 ? 32 : 128)

const ipv4Value = (text: string): bigint =>
  text.split('.').reduce((value, part) => value * 256n + BigInt(part), 0n)

const groupValues = (side: string): readonly bigint[] =>
  side === ''
    ? []
    : side
        .split(':')
        .flatMap((group) =>
          group.includes('.')
            ? [ipv4Value(group) >> 16n, ipv4Value(group) & 0xffffn]
            : [BigInt(`0x${group}`)],
        )

const ipv6Value = (text: string): bigint => {
  const [head = '', tail] = text.split('::')
  const left = groupValues(head)
  const right = tail === undefined ? [] : groupValues(tail)
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0n)
  return [...left, ...zeros, ...right].reduce((value, group) => value * 65_536n + group, 0n)
}

const isMappedIpv4 = (value: bigint): boolean => value >> 32n === 0xffffn

/** Undefined for what is no plain address: zones, leading zeros and IPv4-mapped IPv6 addresses are refused. */
export const parseIp = (text: string): IpNumber | undefined => {
  if (isIpv4(text)) return { family: 4, value: ipv4Value(text) }
  if (!isIpv6(text)) return undefined
  const value = ipv6Value(text)
  return isMappedIpv4(value) ? undefined : { family: 6, value }
}

const longestZeros = (groups: readonly string[]): { readonly from: number; readonly length: number } => {
  let best = { from: 0, length: 0 }
  let from = 0
  for (let index = 0; index <= groups.length; index += 1) {
    if (groups[index] === '0') continue
    if (index - from > best.length) best = { from, length: index - from }
    from = index + 1
  }
  return best
}

const formatIpv6 = (value: bigint): string => {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  )
  const zeros = longestZeros(groups)
  if (zeros.length < 2) return groups.join(':')
  return `${groups.slice(0, zeros.from).join(':')}::${groups.slice(zeros.from + zeros.length).join(':')}`
}

export const formatIp = ({ family, value }: IpNumber): string =>
  family === 6
    ? formatIpv6(value)
    : [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.')

/** The network address of the block that the address is in. */
export const masked = ({ family, value }: IpNumber, prefixLength: number): IpNumber => {
  const hostBits = BigInt(bitsOf(family) - prefixLength)
  return { family, value: (value >> hostBits) << hostBits }
}
