/** A steady stream of requests while something else happens. */
import { expect } from 'vitest'
import { request, type Answer } from './instance.ts'

export interface Traffic {
  /** How many requests were answered as expected so far. */
  readonly answered: () => number
  /** What was answered otherwise, with the time since the start. */
  readonly failures: readonly string[]
  readonly stop: () => Promise<void>
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Two callers, each with one request after the other on connections of their own. */
export const startTraffic = (
  url: string,
  accept: (answer: Answer) => boolean = ({ status }) => status === 200,
): Traffic => {
  const failures: string[] = []
  const started = Date.now()
  let running = true
  let answered = 0
  const call = async (): Promise<void> => {
    while (running) {
      const answer = await request(url).catch((error: unknown) => String(error))
      if (typeof answer !== 'string' && accept(answer)) answered += 1
      else
        failures.push(
          `after ${Date.now() - started} ms: ${typeof answer === 'string' ? answer : `${answer.status} ${answer.body}`}`,
        )
      await pause(5)
    }
  }
  const calls = [call(), call()]
  return {
    failures,
    answered: () => answered,
    stop: async () => {
      running = false
      await Promise.all(calls)
    },
  }
}

/** Runs `action` under traffic, which goes on for a while after it; not one request may fail. */
export const underTraffic = async <Result>(
  url: string,
  action: () => Promise<Result>,
  accept?: (answer: Answer) => boolean,
): Promise<Result> => {
  const traffic = startTraffic(url, accept)
  try {
    return await action()
  } finally {
    const before = traffic.answered() + traffic.failures.length
    await until('requests after the action', () => traffic.answered() + traffic.failures.length > before + 40)
    await traffic.stop()
    expect(traffic.failures).toEqual([])
  }
}

/** Asks again until it is true. */
export const until = async (
  what: string | (() => string),
  condition: () => boolean | Promise<boolean>,
  seconds = 60,
): Promise<void> => {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(50)) {
    if (await condition()) return
  }
  throw new Error(`never came true: ${typeof what === 'string' ? what : what()}`)
}
