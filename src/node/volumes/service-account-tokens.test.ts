import { expect, test } from 'vitest'
import type { Pod } from '../../resources/core/pod.ts'
import { ServiceAccountTokenCache, type TokenRequest } from './service-account-tokens.ts'

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'u' },
  spec: {
    serviceAccountName: 'web',
    containers: [{ name: 'app' }],
    volumes: [
      {
        name: 'v',
        projected: {
          sources: [
            { serviceAccountToken: { path: 'token' } },
            { serviceAccountToken: { path: 'vault', audience: 'vault', expirationSeconds: 600 } },
          ],
        },
      },
    ],
  },
}

test('one token per audience, kept for four fifths of its time; a failed renewal keeps the old one', async () => {
  let now = 0
  const asked: TokenRequest[] = []
  let broken = false
  const cache = new ServiceAccountTokenCache(
    async (request) => {
      if (broken) throw new Error('no API')
      asked.push(request)
      return `t${asked.length}`
    },
    { now: () => now, sleep: async () => undefined },
  )
  const shown = async () => Object.fromEntries(await cache.tokens(pod))
  expect(await shown()).toEqual({
    '3600 ': { ok: true, value: 't1' },
    '600 vault': { ok: true, value: 't2' },
  })
  expect(asked.map(({ audiences, pod: { uid } }) => [audiences, uid])).toEqual([
    [[], 'u'],
    [['vault'], 'u'],
  ])
  now = 479_000
  await shown()
  expect(asked).toHaveLength(2)
  expect(cache.isDue('u')).toBe(false)
  now = 480_000
  expect(cache.isDue('u')).toBe(true)
  broken = true
  expect((await shown())['600 vault']).toEqual({ ok: true, value: 't2' })
  broken = false
  expect((await shown())['600 vault']).toEqual({ ok: true, value: 't3' })
  cache.forget('u')
  broken = true
  expect((await shown())['3600 ']).toEqual({ ok: false, error: 'no API' })
})
