import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { ensurePortFree } from './host-ports.ts'

test('a port in use is told with its place, and the check itself occupies nothing', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await expect(ensurePortFree('127.0.0.1', port)).rejects.toMatchObject({
    code: 'host-port-in-use',
    message: expect.stringContaining(`127.0.0.1:${port} is in use on this host by another program`),
  })
  await new Promise((resolve) => other.close(resolve))
  await ensurePortFree('127.0.0.1', port)
  await ensurePortFree('127.0.0.1', port)
})

test('an address that is none of this host’s is told', async () => {
  await expect(ensurePortFree('192.0.2.1', 6443)).rejects.toMatchObject({ code: 'host-port-unavailable' })
})
