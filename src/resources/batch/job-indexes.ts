/** Sets of completion indexes as text, e.g. `1,3-5,7` (JobStatus.completedIndexes). */

/** Sorted indexes as text; runs of two and more become ranges. */
export const formatIndexes = (indexes: Iterable<number>): string => {
  const sorted = [...new Set(indexes)].toSorted((left, right) => left - right)
  const ranges: { first: number; last: number }[] = []
  for (const index of sorted) {
    const open = ranges.at(-1)
    if (open !== undefined && open.last === index - 1) open.last = index
    else ranges.push({ first: index, last: index })
  }
  return ranges
    .map(({ first, last }) =>
      first === last ? `${first}` : last === first + 1 ? `${first},${last}` : `${first}-${last}`,
    )
    .join(',')
}

/** The indexes of a text below `limit`; what is no index or range is left out. */
export const parseIndexes = (text: string | undefined, limit: number): ReadonlySet<number> => {
  const indexes = new Set<number>()
  for (const part of (text ?? '').split(',')) {
    const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? []
    if (first === undefined) continue
    for (let index = Number(first); index <= Number(last ?? first) && index < limit; index += 1)
      indexes.add(index)
  }
  return indexes
}

/** How many indexes a text names, or why it is none: batch validation's validateIndexesFormat. */
export const countIndexes = (text: string, completions: number): number | string => {
  if (text === '') return 0
  let previous: number | undefined
  let total = 0
  for (const part of text.split(',')) {
    const limits = part.split('-')
    if (limits.length > 2)
      return `the fragment "${part}" violates the requirement that an index interval can have at most two parts separated by '-'`
    const wrong = limits.find((limit) => !/^\d+$/.test(limit))
    if (wrong !== undefined) return `cannot convert string to integer for index: "${wrong}"`
    const [first = 0, last = first] = limits.map(Number)
    if (first >= completions) return `too large index: "${first}"`
    if (last >= completions) return `too large index: "${last}"`
    if (previous !== undefined && previous >= first)
      return `non-increasing order, previous: ${previous}, current: ${first}`
    if (limits.length > 1 && first >= last)
      return `non-increasing order, previous: ${first}, current: ${last}`
    total += last - first + 1
    previous = last
  }
  return total
}
