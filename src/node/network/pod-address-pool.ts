/** Which pod addresses are free. An address just given back is used last, so that late packets of its pod reach nobody. */
import type { Cidr } from '../../primitives/cidr.ts'
import { addressIndex, cidrSize, nthAddress } from '../../primitives/cidr.ts'

export interface PodAddressPool {
  /** The next free address, or undefined when all are taken. */
  readonly take: () => string | undefined
  readonly release: (address: string) => void
}

/** The first addresses of the range belong to the node (cluster-network.ts). */
const reservedAddresses = 10

/** `taken` are the addresses in use now; addresses after the highest of them are given first. */
export const createPodAddressPool = (range: Cidr, taken: Iterable<string>): PodAddressPool => {
  const used = new Set(taken)
  // The last one of the range is its broadcast address.
  const end = cidrSize(range) - 1
  let next = Math.max(
    reservedAddresses,
    ...[...used].map((address) => (addressIndex(range, address) ?? 0) + 1),
  )
  return {
    take: () => {
      for (let tried = reservedAddresses; tried < end; tried += 1) {
        if (next >= end) next = reservedAddresses
        const address = nthAddress(range, next)
        next += 1
        if (address === undefined || used.has(address)) continue
        used.add(address)
        return address
      }
      return undefined
    },
    release: (address) => {
      used.delete(address)
    },
  }
}
