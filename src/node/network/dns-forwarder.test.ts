import { expect, test } from 'vitest'
import { createDnsForwarder, resolversIn } from './dns-forwarder.ts'

const query = Buffer.from('123401000001000000000000076578616d706c6503636f6d0000010001', 'hex')

test('a resolver without a route is no answer, and the next one is asked', async () => {
  // The kernel refuses a broadcast address to a socket that did not ask for it, as it refuses a missing route.
  const forward = createDnsForwarder(() => ['255.255.255.255', '255.255.255.255'])
  expect(await forward(query, new AbortController().signal)).toBeUndefined()
})

test('without resolvers there is no answer', async () => {
  expect(await createDnsForwarder(() => [])(query, new AbortController().signal)).toBeUndefined()
})

test('the resolvers of a resolv.conf, those of IPv6 too', () => {
  const text =
    '# nameserver 9.9.9.9\nsearch example.com\nnameserver 127.0.0.53\n nameserver fd00::1 \nnameserver dns'
  expect(resolversIn(text)).toEqual(['127.0.0.53', 'fd00::1'])
})
