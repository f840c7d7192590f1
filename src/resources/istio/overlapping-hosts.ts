/** Hosts that other hosts of the same list cover, found in a time that grows with the list, not with its square. */

const suffixesOf = (text: string): readonly string[] =>
  Array.from({ length: text.length + 1 }, (_, start) => text.slice(start))

const isWildcard = (host: string): boolean => host.startsWith('*')

const setFirst = (indexes: Map<string, number>, key: string, index: number): void => {
  if (!indexes.has(key)) indexes.set(key, index)
}

const lowest = (indexes: readonly (number | undefined)[]): number | undefined => {
  const found = indexes.filter((index) => index !== undefined)
  return found.length === 0 ? undefined : found.reduce((left, right) => Math.min(left, right))
}

/**
 * For each host the index of the first one before it that overlaps it: some name is covered by both, as by `*.com` and
 * `foo.com`.
 */
export const firstOverlaps = (hosts: readonly string[]): readonly (number | undefined)[] => {
  const names = new Map<string, number>()
  /** What follows the star. */
  const wildcards = new Map<string, number>()
  /** Every end of every host: what a later wildcard would cover. Only wildcards ask. */
  const ends = new Map<string, number>()
  const hasWildcards = hosts.some(isWildcard)
  return hosts.map((host, index) => {
    const rest = isWildcard(host) ? host.slice(1) : host
    const suffixes = hasWildcards ? suffixesOf(rest) : []
    const earlier = lowest([
      isWildcard(host) ? ends.get(rest) : names.get(host),
      ...suffixes.map((suffix) => wildcards.get(suffix)),
    ])
    setFirst(isWildcard(host) ? wildcards : names, rest, index)
    for (const suffix of suffixes) setFirst(ends, suffix, index)
    return earlier
  })
}
