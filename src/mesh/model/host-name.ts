/** Host names and their wildcards (`*`, `*.example.com`), compared without case as DNS does. */

export const isWildcard = (host: string): boolean => host.startsWith('*')

/** True when every name that `narrow` stands for is also one of `wide`. */
export const isCoveredBy = (narrow: string, wide: string): boolean => {
  if (!isWildcard(wide)) return narrow === wide
  if (wide === '*') return true
  const suffix = wide.slice(1)
  return isWildcard(narrow)
    ? narrow.length >= wide.length && narrow.slice(1).endsWith(suffix)
    : narrow.length >= wide.length && narrow.endsWith(suffix)
}

/** The narrower of two hosts where they overlap; undefined where they share no name. */
export const intersectHosts = (left: string, right: string): string | undefined => {
  if (isCoveredBy(left, right)) return left
  if (isCoveredBy(right, left)) return right
  return undefined
}

/** More specific first: exact names before wildcards, longer before shorter, then by text. */
export const bySpecificity = (left: string, right: string): number => {
  if (isWildcard(left) !== isWildcard(right)) return isWildcard(left) ? 1 : -1
  if (left.length !== right.length) return right.length - left.length
  return left < right ? -1 : left > right ? 1 : 0
}
