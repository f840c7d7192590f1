import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { CodedError, errorCodeOf } from '../primitives/coded-error.ts'

const listenOnce = async (address: string, port: number): Promise<void> => {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, resolve)
  })
  await new Promise<void>((resolve) => server.close(() => resolve()))
}

/** net.ipv4.ip_unprivileged_port_start (ip(7)): ports from there on are everybody's; 1024 before Linux 4.11. */
const unprivilegedPortStart = (): number => {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'))
  } catch {
    return 1024
  }
}

/** The lowest port that this process may open on a loopback address of the host: found out by opening one. */
export const lowestAllowedPort = async (address: string): Promise<number> => {
  const start = unprivilegedPortStart()
  if (start <= 1) return 1
  const failure = await listenOnce(address, start - 1).then(() => undefined, errorCodeOf)
  return failure === 'EACCES' ? start : 1
}

/**
 * Finds out before anything starts whether the host's `address:port` can be listened on.
 * Throws `host-port-in-use`, `host-port-forbidden` or `host-port-unavailable` with the place.
 */
export const ensurePortFree = async (address: string, port: number): Promise<void> => {
  try {
    await listenOnce(address, port)
  } catch (error) {
    const place = `${address}:${port}`
    if (errorCodeOf(error) === 'EADDRINUSE') {
      throw new CodedError(
        'host-port-in-use',
        `${place} is in use on this host by another program; end it (ss -ltnp names it), or use another --home, which has addresses of its own`,
        { cause: error },
      )
    }
    if (errorCodeOf(error) === 'EACCES') {
      throw new CodedError(
        'host-port-forbidden',
        `${place} may not be opened by this user: use a port from ${unprivilegedPortStart()} on, or allow it once with \`sudo sysctl net.ipv4.ip_unprivileged_port_start=${port}\``,
        { cause: error },
      )
    }
    throw new CodedError(
      'host-port-unavailable',
      `${place} cannot be opened on this host (${errorCodeOf(error) ?? String(error)})`,
      { cause: error },
    )
  }
}
