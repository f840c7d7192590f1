/** Fortio's counters and histograms, with the buckets and the interpolation of its reports. */
import { formatG } from './go-format.ts'

const bounds = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100, 120,
  140, 160, 180, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 900, 1000, 2000, 3000, 4000, 5000, 7500,
  10_000, 20_000, 30_000, 40_000, 50_000, 75_000, 100_000,
] as const

export interface Histogram {
  readonly record: (value: number) => void
  readonly export: (percentiles: readonly number[]) => HistogramData
}

/** Field names as in fortio's JSON. */
export interface HistogramData {
  readonly Count: number
  readonly Min: number
  readonly Max: number
  readonly Sum: number
  readonly Avg: number
  readonly StdDev: number
  readonly Data: readonly Bucket[] | null
  readonly Percentiles?: readonly { readonly Percentile: number; readonly Value: number }[]
}

interface Bucket {
  readonly Start: number
  readonly End: number
  readonly Percent: number
  readonly Count: number
}

/** The bucket of a value: `]bound before, bound]`; the first holds what is at most 0, the last what is beyond. */
const bucketOf = (scaled: number): number => {
  const index = bounds.findIndex((bound) => scaled <= bound + 1e-12)
  return index === -1 ? bounds.length : index
}

const bucketsOf = (
  counts: readonly number[],
  { count, min, max }: { readonly count: number; readonly min: number; readonly max: number },
  scale: { readonly offset: number; readonly divider: number },
): readonly Bucket[] => {
  const valueOf = (index: number): number => scale.divider * (bounds[index] ?? 0) + scale.offset
  const filled = counts.flatMap((amount, index) => (amount === 0 ? [] : [index]))
  let total = 0
  return filled.map((index, position) => {
    total += counts[index] ?? 0
    return {
      Start: position === 0 ? min : valueOf(Math.max(0, index - 1)),
      End: position === filled.length - 1 ? max : valueOf(index),
      Percent: (100 * total) / count,
      Count: counts[index] ?? 0,
    }
  })
}

/** An estimate of the value below which that share of the data lies, linear inside of a bucket. */
const percentileOf = (data: HistogramData, percentile: number): number => {
  let before = 100 / data.Count
  if (percentile >= 100) return data.Max
  if (percentile <= before) return data.Min
  for (const { Start, End, Percent } of data.Data ?? []) {
    if (percentile <= Percent) return Start + ((percentile - before) / (Percent - before)) * (End - Start)
    before = Percent
  }
  return data.Max
}

/** `divider` is the width of the smallest bucket, `offset` where the first begins. */
export const createHistogram = (offset: number, divider: number): Histogram => {
  const counts: number[] = Array.from({ length: bounds.length + 1 }, () => 0)
  let [count, min, max, sum, squares] = [0, 0, 0, 0, 0]
  return {
    record: (value) => {
      min = count === 0 ? value : Math.min(min, value)
      max = count === 0 ? value : Math.max(max, value)
      count += 1
      sum += value
      squares += value * value
      const bucket = bucketOf((value - offset) / divider)
      counts[bucket] = (counts[bucket] ?? 0) + 1
    },
    export: (percentiles) => {
      const average = count === 0 ? 0 : sum / count
      const deviation = count === 0 ? 0 : Math.sqrt(Math.max(0, (squares - (sum * sum) / count) / count))
      const data: HistogramData = {
        Count: count,
        Min: min,
        Max: max,
        Sum: sum,
        Avg: average,
        StdDev: deviation,
        Data: count === 0 ? null : bucketsOf(counts, { count, min, max }, { offset, divider }),
      }
      if (count === 0) return data
      const values = percentiles.map((percentile) => ({
        Percentile: percentile,
        Value: percentileOf(data, percentile),
      }))
      return values.length === 0 ? data : { ...data, Percentiles: values }
    },
  }
}

/** `NAME : count 20 avg 0.0012 +/- 0.0004 min … max … sum …` */
export const counterLine = (name: string, data: HistogramData): string =>
  `${name} : count ${data.Count} avg ${formatG(data.Avg, 8)} +/- ${formatG(data.StdDev, 4)} min ${formatG(data.Min)} max ${formatG(data.Max)} sum ${formatG(data.Sum, 9)}`

/** The counter's line, the buckets, the percentiles. */
export const histogramLines = (name: string, data: HistogramData): readonly string[] => {
  if (data.Data === null) return [`${name} : no data`]
  const rows = data.Data.map(({ Start, End, Percent, Count }, index) => {
    const middle = formatG((Start + End) / 2, 6)
    return `${index === 0 ? '>=' : '>'} ${formatG(Start, 6)} <= ${formatG(End, 6)} , ${middle} , ${Percent.toFixed(2)}, ${Count}`
  })
  const targets = (data.Percentiles ?? []).map(
    ({ Percentile, Value }) => `# target ${formatG(Percentile)}% ${formatG(Value, 6)}`,
  )
  return [counterLine(name, data), '# range, mid point, percentile, count', ...rows, ...targets]
}
