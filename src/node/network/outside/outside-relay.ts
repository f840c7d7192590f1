/** The cluster's side of the way outside: takes what pods send to addresses outside, and hands it to the gate. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { DnsForwarder } from '../dns-forwarder.ts'
import { joinSockets } from './gate.ts'
import { encodeGateRequest } from './gate-message.ts'

/**
 * A server for a transparent socket: the local end of each of its connections is where the pod sent it. The pod's
 * connection stands before the one outside does; when that fails it is reset.
 */
export const createOutsideRelay = (gatePath: string): Server =>
  createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (pod) => {
    const { localAddress, localPort } = pod
    const refuse = (): void => void pod.resetAndDestroy()
    if (localAddress === undefined || localPort === undefined) return refuse()
    const gate = connect({ path: gatePath, allowHalfOpen: true })
    pod.on('error', () => gate.destroy())
    pod.on('close', () => gate.destroy())
    gate.on('error', refuse)
    gate.once('end', refuse)
    gate.write(encodeGateRequest({ kind: 'connect', address: localAddress, port: localPort }))
    takeFirstByte(gate, () => {
      gate.off('end', refuse)
      joinSockets(pod, gate)
    })
  })

/** Calls back once the gate says that the connection stands; what comes after that byte is data. */
const takeFirstByte = (gate: Socket, then: () => void): void => {
  gate.once('data', (chunk: Buffer) => {
    gate.pause()
    if (chunk.length > 1) gate.unshift(chunk.subarray(1))
    then()
  })
}

/** Milliseconds; the gate asks each of the host's resolvers for a moment. */
const PATIENCE = 10_000

/** Asks the host's resolvers by way of the gate. */
export const createGateForwarder =
  (gatePath: string): DnsForwarder =>
  (query, signal) =>
    new Promise((resolve) => {
      const chunks: Buffer[] = []
      const gate = connect({ path: gatePath, allowHalfOpen: true, signal, timeout: PATIENCE })
      gate.on('data', (chunk: Buffer) => chunks.push(chunk))
      gate.on('timeout', () => gate.destroy())
      gate.on('error', () => undefined)
      gate.on('close', () => resolve(chunks.length === 0 ? undefined : Buffer.concat(chunks)))
      gate.on('end', () => gate.end())
      gate.write(encodeGateRequest({ kind: 'resolve', query }))
    })
