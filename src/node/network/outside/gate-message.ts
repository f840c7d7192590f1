/** What the node asks of the gate to the outside: a connection, or the answer to a DNS query; pure. */
import { formatIpv4, parseIpv4 } from '../../../primitives/cidr.ts'

export type GateRequest =
  | { readonly kind: 'connect'; readonly address: string; readonly port: number }
  | { readonly kind: 'resolve'; readonly query: Buffer }

/** The one byte before the data of a connection that stands. */
export const CONNECTED = 1

const CONNECT = 0x43
const RESOLVE = 0x44

/** `C`, four bytes of address and two of port; or `D`, two bytes of length and the query. */
export const encodeGateRequest = (request: GateRequest): Buffer => {
  if (request.kind === 'resolve') {
    const head = Buffer.alloc(3)
    head.writeUInt8(RESOLVE, 0)
    head.writeUInt16BE(request.query.length, 1)
    return Buffer.concat([head, request.query])
  }
  const bytes = Buffer.alloc(7)
  bytes.writeUInt8(CONNECT, 0)
  bytes.writeUInt32BE(parseIpv4(request.address) ?? 0, 1)
  bytes.writeUInt16BE(request.port, 5)
  return bytes
}

export type DecodedRequest =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'complete'; readonly request: GateRequest; readonly rest: Buffer }

export const decodeGateRequest = (bytes: Buffer): DecodedRequest => {
  if (bytes.length === 0) return { kind: 'incomplete' }
  const type = bytes.readUInt8(0)
  if (type === CONNECT) {
    if (bytes.length < 7) return { kind: 'incomplete' }
    const request = {
      kind: 'connect' as const,
      address: formatIpv4(bytes.readUInt32BE(1)),
      port: bytes.readUInt16BE(5),
    }
    return { kind: 'complete', request, rest: bytes.subarray(7) }
  }
  if (type !== RESOLVE) return { kind: 'malformed' }
  if (bytes.length < 3) return { kind: 'incomplete' }
  const end = 3 + bytes.readUInt16BE(1)
  if (bytes.length < end) return { kind: 'incomplete' }
  return {
    kind: 'complete',
    request: { kind: 'resolve', query: bytes.subarray(3, end) },
    rest: bytes.subarray(end),
  }
}

/** Addresses that are no place outside: this host itself by its loopback, this network, multicast and broadcast. */
export const isOutside = (address: string): boolean => {
  const first = Number(address.split('.', 1)[0])
  return first !== 0 && first !== 127 && first < 224
}
