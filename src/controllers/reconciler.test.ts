import { expect, test } from 'vitest'
import { ApiError } from '../machinery/api-error.ts'
import { createReconciler } from './reconciler.ts'

/** Time that a test moves; sleepers wake when it has passed. */
const fakeClock = () => {
  let now = 0
  const sleepers = new Set<() => void>()
  return {
    now: () => now,
    sleep: (milliseconds: number, signal: AbortSignal) => {
      const due = now + milliseconds
      return new Promise<void>((resolve, reject) => {
        const check = (): void => {
          if (now < due && !signal.aborted) return
          sleepers.delete(check)
          if (signal.aborted) reject(signal.reason)
          else resolve()
        }
        sleepers.add(check)
        signal.addEventListener('abort', check, { once: true })
        check()
      })
    },
    advance: async (milliseconds: number): Promise<void> => {
      now += milliseconds
      for (const check of Array.from(sleepers)) check()
      await rest()
    },
  }
}

const rest = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

const set = (reconcile: (key: string) => Promise<void>, workers = 2) => {
  const clock = fakeClock()
  const logged: string[] = []
  const reconciler = createReconciler({
    name: 'test',
    clock,
    random: () => 0,
    log: (message) => logged.push(message),
    reconcile,
    workers,
  })
  const abort = new AbortController()
  const done = reconciler.run(abort.signal)
  const stop = async (): Promise<void> => {
    abort.abort()
    await done
  }
  return { reconciler, clock, logged, stop }
}

test('a key waits once, never runs twice at a time, and runs again when it comes back meanwhile', async () => {
  const gates: (() => void)[] = []
  const started: string[] = []
  const { reconciler, stop } = set((key) => {
    started.push(key)
    return new Promise((resolve) => gates.push(resolve))
  })
  for (const key of ['a', 'a', 'b', 'c']) reconciler.enqueue(key)
  await rest()
  expect(started).toEqual(['a', 'b'])
  reconciler.enqueue('a')
  reconciler.enqueue('a')
  gates[1]?.()
  await rest()
  expect(started).toEqual(['a', 'b', 'c'])
  gates[0]?.()
  await rest()
  expect(started).toEqual(['a', 'b', 'c', 'a'])
  gates.forEach((open) => open())
  await stop()
})

test('a failure is tried again later and later; conflicts are no news', async () => {
  let failures = 0
  const tries: number[] = []
  const { reconciler, clock, logged, stop } = set(async () => {
    tries.push(clock.now())
    if (tries.length <= 3) throw new ApiError({ code: 409, reason: 'Conflict', message: 'modified' })
    if (tries.length === 4) throw new Error(`failure ${(failures += 1)}`)
  })
  reconciler.enqueue('a')
  await rest()
  for (let time = 0; time < 100; time += 1) await clock.advance(1)
  expect(tries).toEqual([0, 5, 15, 35, 75])
  expect(logged).toEqual(['reconcile failed'])
  await stop()
})

test('of several times the earliest wins', async () => {
  const ran: number[] = []
  const { reconciler, clock, stop } = set(async () => {
    ran.push(clock.now())
  })
  reconciler.enqueueAfter('a', 50)
  reconciler.enqueueAfter('a', 20)
  reconciler.enqueueAfter('a', 90)
  for (let time = 0; time < 100; time += 10) await clock.advance(10)
  expect(ran).toEqual([20])
  await stop()
})
