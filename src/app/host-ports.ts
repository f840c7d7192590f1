import { createServer } from 'node:net'
import { CodedError, errorCodeOf } from '../primitives/coded-error.ts'

/**
 * Finds out before anything starts whether the host's `address:port` can be listened on.
 * Throws `host-port-in-use` or `host-port-unavailable` with the place.
 */
export const ensurePortFree = async (address: string, port: number): Promise<void> => {
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, address, resolve)
    })
  } catch (error) {
    const place = `${address}:${port}`
    if (errorCodeOf(error) === 'EADDRINUSE') {
      throw new CodedError(
        'host-port-in-use',
        `${place} is in use on this host by another program; end it (ss -ltnp names it), or use another --home, which has addresses of its own`,
        { cause: error },
      )
    }
    throw new CodedError(
      'host-port-unavailable',
      `${place} cannot be opened on this host (${errorCodeOf(error) ?? String(error)})`,
      { cause: error },
    )
  }
  await new Promise<void>((resolve) => server.close(() => resolve()))
}
