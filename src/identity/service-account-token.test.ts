import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import {
  generateTokenKey,
  openServiceAccountTokens,
  type ServiceAccountClaims,
} from './service-account-token.ts'

const issuer = 'https://kubernetes.default.svc.cluster.local'
const tokens = openServiceAccountTokens(generateTokenKey(), issuer)

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)
const named = fc.record({ name: word, uid: fc.uuid() })

const someClaims: fc.Arbitrary<ServiceAccountClaims> = fc.record(
  {
    namespace: word,
    serviceAccount: named,
    boundTo: fc.record({ kind: fc.constantFrom('Pod', 'Secret'), object: named }),
    audiences: fc.array(fc.webUrl(), { maxLength: 3 }),
    issuedAt: fc.constant(1_800_000_000_000),
    expiresAt: fc.integer({ min: 1, max: 100_000 }).map((seconds) => 1_800_000_000_000 + seconds * 1000),
  },
  { requiredKeys: ['namespace', 'serviceAccount', 'audiences', 'issuedAt', 'expiresAt'] },
)

test.prop([someClaims, fc.uuid()])('a token says until its end what was signed', (claims, id) => {
  const token = tokens.sign(claims, id)
  expect(tokens.verify(token, claims.issuedAt)).toEqual({ ok: true, value: claims })
  expect(tokens.verify(token, claims.expiresAt - 1).ok).toBe(true)
  expect(tokens.verify(token, claims.expiresAt)).toEqual({
    ok: false,
    error: 'service account token has expired',
  })
  expect(tokens.verify(token, claims.issuedAt - 5000).ok).toBe(false)
})

test.prop([someClaims, fc.nat(), fc.integer({ min: 1, max: 63 })])(
  'no other character anywhere in a token is accepted',
  (claims, at, shift) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const token = tokens.sign(claims, 'id')
    // The last character of the signature has bits that mean nothing.
    const index = at % (token.length - 1)
    const old = alphabet.indexOf(token[index] ?? '')
    fc.pre(old >= 0)
    const forged = `${token.slice(0, index)}${alphabet[(old + shift) % 64]}${token.slice(index + 1)}`
    expect(tokens.verify(forged, claims.issuedAt).ok).toBe(false)
  },
)

const claims: ServiceAccountClaims = {
  namespace: 'shop',
  serviceAccount: { name: 'web', uid: 'u1' },
  audiences: [issuer],
  issuedAt: 1_800_000_000_000,
  expiresAt: 1_800_000_600_000,
}

test('the claims are those of Kubernetes', () => {
  const bound = { boundTo: { kind: 'Pod', object: { name: 'web-1', uid: 'u2' } } } as const
  const [, body = ''] = tokens
    .sign({ ...claims, ...bound, node: { name: 'weft', uid: 'u3' } }, 'id')
    .split('.')
  expect(JSON.parse(Buffer.from(body, 'base64url').toString())).toEqual({
    aud: [issuer],
    exp: 1_800_000_600,
    iat: 1_800_000_000,
    nbf: 1_800_000_000,
    iss: issuer,
    jti: 'id',
    sub: 'system:serviceaccount:shop:web',
    'kubernetes.io': {
      namespace: 'shop',
      serviceaccount: { name: 'web', uid: 'u1' },
      pod: { name: 'web-1', uid: 'u2' },
      node: { name: 'weft', uid: 'u3' },
    },
  })
})

test.each([
  ['another key', openServiceAccountTokens(generateTokenKey(), issuer).sign(claims, 'id')],
  ['nothing', ''],
  ['no token', 'a.b.c'],
  ['no signature', `${tokens.sign(claims, 'id').split('.').slice(0, 2).join('.')}.`],
  ['a part too many', `${tokens.sign(claims, 'id')}.x`],
  [
    'no algorithm',
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.${tokens.sign(claims, 'id').split('.')[1]}.`,
  ],
])('%s is refused', (_name, token) => {
  expect(tokens.verify(token, claims.issuedAt)).toEqual({
    ok: false,
    error: 'the token was not signed by this cluster',
  })
})
