/** Runs a load and keeps its statistics. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createHistogram, type Histogram } from './histogram.ts'
import { createCaller, secondsSince, type Caller, type CallOptions, type CallResult } from './http-caller.ts'
import { dueAt, type LoadPlan, type LoadRequest } from './load-plan.ts'

export interface LoadOptions {
  readonly request: LoadRequest
  readonly plan: LoadPlan
  readonly call: CallOptions
  readonly resolution: number
  readonly offset: number
  readonly allowInitialErrors: boolean
  readonly jitter: boolean
  readonly uniform: boolean
  readonly catchUp: boolean
  /** A code that ends the run; 0: none. */
  readonly abortOn: number
  readonly log: (level: 'W' | 'E', line: string) => void
}

export interface LoadResult {
  readonly startTime: Date
  readonly seconds: number
  readonly durations: Histogram
  readonly errors: Histogram
  readonly sleeps: Histogram
  readonly codes: ReadonlyMap<number, number>
  readonly headerSizes: Histogram
  readonly sizes: Histogram
  readonly callers: readonly Caller[]
}

/** 418 (I'm a teapot) counts as good, as in fortio. */
const isGood = (code: number): boolean => (code >= 200 && code <= 299) || code === 418

/** One call of each connection beforehand; gives what is wrong. */
export const warmUp = async (callers: readonly Caller[], url: URL): Promise<string | undefined> => {
  const results = await Promise.all(callers.map(({ call }) => call()))
  const bad = results.find(({ code }) => !isGood(code))
  return bad === undefined ? undefined : `error ${bad.code} for ${url.href} (${bad.size} bytes)`
}

const startHistograms = (options: LoadOptions) => ({
  durations: createHistogram(options.offset, options.resolution),
  errors: createHistogram(options.offset, options.resolution),
  sleeps: createHistogram(-0.001, 0.001),
  headerSizes: createHistogram(0, 5),
  sizes: createHistogram(0, 100),
  codes: new Map<number, number>(),
})

const pause = async (seconds: number, signal: AbortSignal): Promise<void> => {
  if (seconds > 0) await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined)
}

/** Throws nothing: calls that fail are counted. Ends early when the signal is aborted. */
export const runLoad = async (
  options: LoadOptions,
  callers: readonly Caller[],
  interrupted: AbortSignal,
): Promise<LoadResult> => {
  const { request, plan } = options
  const found = startHistograms(options)
  const aborted = new AbortController()
  const signal = AbortSignal.any([interrupted, aborted.signal])
  const startTime = new Date()
  const began = performance.now()
  const elapsed = (): number => secondsSince(began)
  const perThread = request.qps / plan.threads
  const hasDuration = request.exactly <= 0 && request.duration > 0

  const record = (result: CallResult, seconds: number): void => {
    found.durations.record(seconds)
    found.codes.set(result.code, (found.codes.get(result.code) ?? 0) + 1)
    found.headerSizes.record(result.headerSize)
    found.sizes.record(result.size)
    if (isGood(result.code)) return
    found.errors.record(seconds)
    options.log(
      'E',
      `http_client.go> Error in fetch: code ${result.code}${result.error === undefined ? '' : ` ${result.error}`}`,
    )
    if (result.code === options.abortOn) aborted.abort()
  }

  /** A thread with a rate makes 2 calls at least, and its last one, whatever the time. */
  const isOver = (index: number, calls: number | undefined): boolean =>
    hasDuration && elapsed() > request.duration && !(perThread > 0 && (index < 2 || index + 1 === calls))

  const waitForTurn = async (due: number): Promise<void> => {
    const wait = due * (options.jitter ? 0.9 + Math.random() * 0.2 : 1)
    found.sleeps.record(wait)
    await pause(wait, signal)
  }

  const runThread = async (caller: Caller, thread: number): Promise<void> => {
    const calls = plan.calls === undefined ? undefined : plan.calls + (thread === 0 ? plan.leftOver : 0)
    const shift = options.uniform && perThread > 0 ? thread / perThread / plan.threads : 0
    const untilDue = (index: number): number =>
      dueAt(index, perThread, { calls, hasDuration }) + shift - elapsed()
    await pause(shift, signal)
    for (
      let index = 0;
      !signal.aborted && index < (calls ?? Number.POSITIVE_INFINITY) && !isOver(index, calls);
    ) {
      const started = performance.now()
      record(await caller.call(), secondsSince(started))
      index += 1
      if (perThread <= 0 || index === calls) continue
      while (!options.catchUp && untilDue(index) < 0 && index + 1 < (calls ?? Number.POSITIVE_INFINITY))
        index += 1
      await waitForTurn(untilDue(index))
    }
  }

  const used = callers.slice(0, plan.threads)
  await Promise.all(used.map(runThread))
  return { ...found, startTime, seconds: elapsed(), callers: used }
}

export const createCallers = (count: number, options: CallOptions): readonly Caller[] =>
  Array.from({ length: count }, () => createCaller(options))
