/** `503`, or `500:90,200:10` for codes with their weights; undefined: none of them. */
export const weightedCode = (text: string, random: () => number): number | undefined => {
  const parts = text.split(',').map((part) => part.split(':').map(Number))
  const weighted = parts.map(([code = Number.NaN, weight = 1]) => ({ code, weight }))
  const isRight = weighted.every(
    ({ code, weight }) => Number.isInteger(code) && code >= 200 && code <= 599 && weight >= 0,
  )
  if (!isRight) return undefined
  let roll = random() * weighted.reduce((sum, { weight }) => sum + weight, 0)
  return (weighted.find(({ weight }) => (roll -= weight) < 0) ?? weighted[0])?.code
}
