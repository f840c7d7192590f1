import { expect, test } from 'vitest'
import { parseProxyIdentity } from './proxy-identity.ts'

const id = 'sidecar~10.244.0.5~myapp-v1.5-abc.shop~shop.svc.cluster.local'

test("Istio's node id and metadata", () => {
  const metadata = { NAMESPACE: 'shop', LABELS: { app: 'myapp', n: 1 }, SERVICE_ACCOUNT: 'seller' }
  expect(parseProxyIdentity(id, metadata, true)).toEqual({
    ok: true,
    value: {
      id,
      type: 'sidecar',
      ip: '10.244.0.5',
      name: 'myapp-v1.5-abc',
      namespace: 'shop',
      labels: { app: 'myapp' },
      serviceAccount: 'seller',
      dnsDomain: 'shop.svc.cluster.local',
      metadata,
      delta: true,
    },
  })
})

test('the namespace is in the id when the metadata lacks it', () => {
  expect(parseProxyIdentity(id, {}, false)).toMatchObject({
    value: { namespace: 'shop', labels: {}, serviceAccount: '' },
  })
})

test.each([
  ['', 'missing node id'],
  ['envoy-1', 'malformed node id "envoy-1"'],
  ['ztunnel~1~a.b~c', 'unknown proxy type "ztunnel"'],
])('%s is refused', (wrong, message) => {
  const outcome = parseProxyIdentity(wrong, {}, true)
  expect(!outcome.ok && outcome.error).toContain(message)
  expect(!outcome.ok && outcome.error).toContain('expected <sidecar|router>~<ip>~<pod>.<namespace>')
})
