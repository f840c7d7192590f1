import { describe, expect, test } from 'vitest'
import { drainProxy, openWork } from './drain-proxy.ts'

const stats = (connections: number, requests: number): string =>
  [
    'http.admin.downstream_rq_active: 1',
    `http.inbound_0.0.0.0_8080;.downstream_rq_active: ${requests}`,
    'http.prometheus.downstream_rq_active: 1',
    'http.readiness.downstream_rq_active: 1',
    'http.status.downstream_rq_active: 1',
    'listener.0.0.0.0_15021.downstream_cx_active: 2',
    'listener.0.0.0.0_15090.downstream_cx_active: 1',
    `listener.0.0.0.0_15006.downstream_cx_active: ${connections}`,
    `listener.0.0.0.0_15006.worker_0.downstream_cx_active: ${connections}`,
    'listener.admin.downstream_cx_active: 1',
    '',
  ].join('\n')

test('what is open for users, without probes, metrics and the administrator', () => {
  expect(openWork(stats(3, 2))).toEqual({ connections: 3, requests: 2 })
  expect(openWork('')).toEqual({ connections: 0, requests: 0 })
})

/** The proxy's answers one after the other, the last one for ever; `undefined` is none. */
const drained = async (answers: readonly (string | undefined)[], idleTime = 1000) => {
  const asked: string[] = []
  let at = 0
  const giveUp = new AbortController()
  await drainProxy(
    {
      ask: async (method, path) => {
        asked.push(`${method} ${path.replace(/\?.*/, '')}`)
        if (method === 'POST') return 'OK\n'
        const answer = answers[Math.min(asked.length - 2, answers.length - 1)]
        if (answer === undefined) throw new Error('ECONNREFUSED')
        return answer
      },
      clock: {
        now: () => at,
        sleep: async (time) => {
          at += time
          if (at > 60_000) giveUp.abort()
        },
      },
      idleTime,
    },
    giveUp.signal,
  )
  return { at, asked }
}

describe('a proxy is told to drain and may end', () => {
  test('at once without connections', async () => {
    expect(await drained([stats(0, 0)])).toEqual({ at: 0, asked: ['POST /drain_listeners', 'GET /stats'] })
  })
  test('when the last connection is closed', async () => {
    expect((await drained([stats(2, 1), stats(1, 1), stats(0, 0)])).at).toBe(100)
  })
  test('after the idle time when connections are kept without a request', async () => {
    expect((await drained([stats(1, 0)])).at).toBe(1000)
  })
  test('not before the last request is answered, however long the idle time is over', async () => {
    expect((await drained([...Array.from({ length: 100 }, () => stats(1, 1)), stats(1, 0)])).at).toBe(5000)
  })
  test('when the time that there is has passed, or when it is gone', async () => {
    expect((await drained([stats(1, 1)])).at).toBe(60_050)
    expect((await drained([undefined])).at).toBe(0)
  })
})
