/** Kubernetes' ip and cidr libraries. */
import type { Environment } from '@marcbachmann/cel-js'
import { celFailure } from './cel-failure.ts'
import { bitsOf, formatIp, masked, parseIp, type IpNumber } from './ip-numbers.ts'

/** A value of the CEL type `net.IP`. */
class Ip {
  readonly number: IpNumber

  constructor(number: IpNumber) {
    this.number = number
  }

  toString(): string {
    return formatIp(this.number)
  }
}

/** A value of the CEL type `net.CIDR`; the address keeps its host bits. */
class Cidr {
  readonly address: IpNumber
  readonly prefixLength: number

  constructor(address: IpNumber, prefixLength: number) {
    this.address = address
    this.prefixLength = prefixLength
  }

  toString(): string {
    return `${formatIp(this.address)}/${this.prefixLength}`
  }
}

const parseCidr = (text: string): Cidr | undefined => {
  const [addressText = '', bits = '', ...rest] = text.split('/')
  const address = parseIp(addressText)
  if (address === undefined || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(bits)) return undefined
  return Number(bits) > bitsOf(address.family) ? undefined : new Cidr(address, Number(bits))
}

const ipOf = (text: string): Ip => {
  const number = parseIp(text)
  if (number === undefined) {
    throw celFailure(
      `IP Address ${JSON.stringify(text)} parse error during conversion from string: unable to parse IP`,
    )
  }
  return new Ip(number)
}

const cidrOf = (text: string): Cidr => {
  const cidr = parseCidr(text)
  if (cidr === undefined) {
    throw celFailure(`network address parse error during conversion from string: ${JSON.stringify(text)}`)
  }
  return cidr
}

const inBlock = ({ family, value }: IpNumber, block: string): boolean => {
  const cidr = cidrOf(block)
  return (
    family === cidr.address.family &&
    masked({ family, value }, cidr.prefixLength).value === cidr.address.value
  )
}

const inSome =
  (...blocks: readonly string[]) =>
  ({ number }: Ip): boolean =>
    blocks.some((block) => inBlock(number, block))

const isUnspecified = inSome('0.0.0.0/32', '::/128')
const isLoopback = inSome('127.0.0.0/8', '::1/128')
const isLinkLocalMulticast = inSome('224.0.0.0/24', 'ff02::/16')
const isLinkLocalUnicast = inSome('169.254.0.0/16', 'fe80::/10')
const isMulticast = inSome('224.0.0.0/4', 'ff00::/8')
const isBroadcast = inSome('255.255.255.255/32')

const isGlobalUnicast = (ip: Ip): boolean =>
  ![isUnspecified, isLoopback, isMulticast, isLinkLocalUnicast, isBroadcast].some((is) => is(ip))

const containsIp = ({ address, prefixLength }: Cidr, { number }: Ip): boolean =>
  address.family === number.family &&
  masked(number, prefixLength).value === masked(address, prefixLength).value

const containsCidr = (outer: Cidr, inner: Cidr): boolean =>
  inner.prefixLength >= outer.prefixLength && containsIp(outer, new Ip(inner.address))

const IP = 'net.IP'
const CIDR = 'net.CIDR'

class IpNamespace {}

/** `ip("...")` is a function and `ip.isCanonical("...")` a member of a name: the two do not meet. */
const registerIps = (environment: Environment): void => {
  environment
    .registerType(IP, { ctor: Ip, fields: {} })
    .registerOperator(`${IP} == ${IP}`, (a: Ip, b: Ip) => String(a) === String(b))
    .registerFunction(`ip(string): ${IP}`, ipOf)
    .registerFunction('isIP(string): bool', (text: string) => parseIp(text) !== undefined)
    .registerType('IpNamespace', { ctor: IpNamespace, fields: {} })
    .registerConstant('ip', 'IpNamespace', new IpNamespace())
    .registerFunction(
      'IpNamespace.isCanonical(string): bool',
      (_: IpNamespace, text: string) => String(ipOf(text)) === text,
    )
    .registerFunction(`string(${IP}): string`, String)
    .registerFunction(`${IP}.family(): int`, ({ number }: Ip) => BigInt(number.family))
    .registerFunction(`${IP}.isUnspecified(): bool`, isUnspecified)
    .registerFunction(`${IP}.isLoopback(): bool`, isLoopback)
    .registerFunction(`${IP}.isLinkLocalMulticast(): bool`, isLinkLocalMulticast)
    .registerFunction(`${IP}.isLinkLocalUnicast(): bool`, isLinkLocalUnicast)
    .registerFunction(`${IP}.isGlobalUnicast(): bool`, isGlobalUnicast)
}

const registerCidrs = (environment: Environment): void => {
  environment
    .registerType(CIDR, { ctor: Cidr, fields: {} })
    .registerOperator(`${CIDR} == ${CIDR}`, (a: Cidr, b: Cidr) => String(a) === String(b))
    .registerFunction(`cidr(string): ${CIDR}`, cidrOf)
    .registerFunction('isCIDR(string): bool', (text: string) => parseCidr(text) !== undefined)
    .registerFunction(`string(${CIDR}): string`, String)
    .registerFunction(`${CIDR}.containsIP(${IP}): bool`, containsIp)
    .registerFunction(`${CIDR}.containsIP(string): bool`, (cidr: Cidr, text: string) =>
      containsIp(cidr, ipOf(text)),
    )
    .registerFunction(`${CIDR}.containsCIDR(${CIDR}): bool`, containsCidr)
    .registerFunction(`${CIDR}.containsCIDR(string): bool`, (cidr: Cidr, text: string) =>
      containsCidr(cidr, cidrOf(text)),
    )
    .registerFunction(`${CIDR}.ip(): ${IP}`, ({ address }: Cidr) => new Ip(address))
    .registerFunction(
      `${CIDR}.masked(): ${CIDR}`,
      ({ address, prefixLength }: Cidr) => new Cidr(masked(address, prefixLength), prefixLength),
    )
    .registerFunction(`${CIDR}.prefixLength(): int`, ({ prefixLength }: Cidr) => BigInt(prefixLength))
}

export const registerAddresses = (environment: Environment): void => {
  registerIps(environment)
  registerCidrs(environment)
}
