/** IP addresses and blocks as Go's net/netip reads them, whose verdict is Istio's. */
import { isAddressOrBlock, isIpAddress, isIpv6 } from '../meta/ip-address.ts'

/** Also with a zone: `fe80::1%eth0`. */
export const isNetAddress = (text: string): boolean => {
  const percent = text.indexOf('%')
  return percent === -1 ? isIpAddress(text) : percent < text.length - 1 && isIpv6(text.slice(0, percent))
}

/** An address, or a block such as `10.0.0.0/8`; bits are written without leading zeros. */
export const isNetAddressOrBlock = (text: string): boolean =>
  text.includes('/') ? isAddressOrBlock(text) && !/\/0\d/.test(text) : isNetAddress(text)
