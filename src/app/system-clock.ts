import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../primitives/clock.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, { signal })
  },
}
