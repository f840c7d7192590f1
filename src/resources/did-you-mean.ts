/** The known word that was probably meant. */

/** Levenshtein's distance with transpositions counting one (optimal string alignment). */
export const editDistance = (left: string, right: string): number => {
  let before: readonly number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1]
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      const best = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      )
      current.push(swapped ? Math.min(best, (before[column - 2] ?? best) + 1) : best)
    }
    before = previous
    previous = current
  }
  return previous[right.length] ?? 0
}

/** The nearest of `known`, when near enough to be a slip: one edit in three letters; the letters' case counts nothing. */
export const didYouMean = (word: string, known: readonly string[]): string | undefined => {
  const lower = word.toLowerCase()
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(lower, candidate.toLowerCase()) }))
    .sort((left, right) => left.distance - right.distance)
  const nearest = ranked[0]
  return nearest !== undefined && nearest.distance <= Math.max(1, Math.floor(word.length / 3))
    ? nearest.candidate
    : undefined
}
