/** What fortio prints and writes about a run. */
import { formatG, formatGoDuration } from './go-format.ts'
import { counterLine, histogramLines, type HistogramData } from './histogram.ts'
import type { LoadOptions, LoadResult } from './load-run.ts'

export const fortioVersion = '1.69.5'

export interface ReportOptions {
  readonly load: LoadOptions
  readonly percentiles: readonly number[]
  readonly labels: string
  /** Only warnings and errors, as with -loglevel Warning or -quiet. */
  readonly isBrief: boolean
}

export const bannerLine = ({ request, call }: LoadOptions): string => {
  const { qps, exactly, duration } = request
  const rest =
    exactly > 0
      ? `for ${exactly} calls: ${call.url.href}`
      : duration > 0
        ? `for ${formatGoDuration(duration)}: ${call.url.href}`
        : `until interrupted: ${call.url.href}`
  return `Fortio ${fortioVersion} running at ${formatG(qps)} queries per second, 1->1 procs, ${rest}`
}

export const startLine = ({ request, plan }: LoadOptions): string => {
  const { qps, exactly, duration } = request
  const { threads, calls = 0, leftOver } = plan
  const rate = qps > 0 ? `${formatG(qps)} qps` : 'max qps'
  const start = `Starting at ${rate} with ${threads} thread(s) [gomax 1]`
  const total = calls * threads
  if (exactly > 0 && qps > 0)
    return `${start} : exactly ${exactly}, ${calls} calls each (total ${total} + ${leftOver})`
  if (exactly > 0) return `${start} for exactly ${exactly} calls (${calls} per thread + ${leftOver})`
  if (duration <= 0) return `${start} until interrupted`
  return qps > 0
    ? `${start} for ${formatGoDuration(duration)} : ${calls} calls each (total ${total})`
    : `${start} for ${formatGoDuration(duration)}`
}

const sum = (map: ReadonlyMap<unknown, number>): number =>
  [...map.values()].reduce((total, one) => total + one, 0)

const connectionLines = ({ callers }: LoadResult, isBrief: boolean): readonly string[] =>
  isBrief
    ? []
    : [
        '# Socket and IP used for each connection:',
        ...callers.map(({ addresses, connectTimes }, index) => {
          const [first] = addresses.keys()
          const several = [...addresses].map(([address, count]) => `${address} (${count})`).join(', ')
          const resolved = addresses.size === 1 ? first : `[${several}]`
          const used = String(sum(addresses)).padStart(3)
          return `[${index}] ${used} socket used, resolved to ${resolved}${counterLine(', connection timing', connectTimes.export([]))}`
        }),
      ]

const addressCounts = ({ callers }: LoadResult): ReadonlyMap<string, number> => {
  const totals = new Map<string, number>()
  for (const { addresses } of callers)
    for (const [address, count] of addresses) totals.set(address, (totals.get(address) ?? 0) + count)
  return new Map([...totals].toSorted(([, left], [, right]) => right - left))
}

const sleepLines = (result: LoadResult): readonly string[] => {
  const data = result.sleeps.export([50])
  const first = data.Data?.[0]
  const behind =
    data.Count > 0 && data.Min <= -0.001 && first !== undefined ? (100 * first.Count) / data.Count : 0
  if (behind <= 5) return [counterLine('Sleep times', data)]
  return [
    ...histogramLines('Aggregated Sleep Time', data),
    `WARNING ${behind.toFixed(2)}% of sleep were falling behind`,
  ]
}

const timeLines = (name: string, data: HistogramData, isBrief: boolean): readonly string[] => {
  if (!isBrief) return histogramLines(name, data)
  const targets = (data.Percentiles ?? []).map(
    ({ Percentile, Value }) => `# target ${formatG(Percentile)}% ${formatG(Value, 6)}`,
  )
  return [counterLine(name, data), ...targets]
}

/** The report after the run, line by line. */
export const reportLines = (result: LoadResult, options: ReportOptions): readonly string[] => {
  const { load, percentiles, isBrief } = options
  const durations = result.durations.export(percentiles)
  const rate = durations.Count / result.seconds
  const ended = `Ended after ${formatGoDuration(result.seconds)} : ${durations.Count} calls. qps=${formatG(rate, 5)}`
  const addresses = addressCounts(result)
  const codes = [...result.codes].toSorted(([left], [right]) => left - right)
  const warm = load.request.exactly > 0 ? 0 : load.request.threads
  return [
    ...(isBrief ? [] : [ended]),
    ...(load.request.qps > 0 && !isBrief ? sleepLines(result) : []),
    ...timeLines('Aggregated Function Time', durations, isBrief),
    ...timeLines('Error cases', result.errors.export(percentiles), isBrief),
    ...connectionLines(result, isBrief),
    `Sockets used: ${sum(addresses)} (for perfect keepalive, would be ${load.plan.threads})`,
    `Uniform: ${load.uniform}, Jitter: ${load.jitter}, Catchup allowed: ${load.catchUp}`,
    'IP addresses distribution:',
    ...[...addresses].map(([address, count]) => `${address}: ${count}`),
    ...codes.map(
      ([code, count]) =>
        `Code ${String(code).padStart(3)} : ${count} (${((100 * count) / durations.Count).toFixed(1)} %)`,
    ),
    ...(isBrief
      ? []
      : [
          counterLine('Response Header Sizes', result.headerSizes.export([])),
          counterLine('Response Body/Total Sizes', result.sizes.export([])),
        ]),
    `All done ${durations.Count} calls (plus ${warm} warmup) ${(1000 * durations.Avg).toFixed(3)} ms avg, ${rate.toFixed(1)} qps`,
  ]
}

/** The result as `-json` writes it. */
export const reportJson = (result: LoadResult, options: ReportOptions): unknown => {
  const { load, percentiles, labels } = options
  const { request, plan, call } = load
  const durations = result.durations.export(percentiles)
  const addresses = addressCounts(result)
  return {
    RunType: 'HTTP',
    Labels: labels,
    StartTime: result.startTime.toISOString(),
    RequestedQPS: request.qps > 0 ? formatG(request.qps, 9) : 'max',
    RequestedDuration:
      request.exactly > 0
        ? `exactly ${request.exactly} calls`
        : request.duration > 0
          ? formatGoDuration(request.duration)
          : 'until stop',
    ActualQPS: durations.Count / result.seconds,
    ActualDuration: Math.round(result.seconds * 1e9),
    NumThreads: plan.threads,
    Version: fortioVersion,
    DurationHistogram: durations,
    ErrorsDurationHistogram: result.errors.export(percentiles),
    Exactly: request.exactly,
    Jitter: load.jitter,
    Uniform: load.uniform,
    NoCatchUp: !load.catchUp,
    RunID: 0,
    RetCodes: Object.fromEntries(result.codes),
    IPCountMap: Object.fromEntries(addresses),
    URL: call.url.href,
    Sizes: result.sizes.export([]),
    HeaderSizes: result.headerSizes.export([]),
    Sockets: result.callers.map((caller) => sum(caller.addresses)),
    SocketCount: sum(addresses),
    AbortOn: load.abortOn,
  }
}
