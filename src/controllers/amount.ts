/** A number of pods that may be given as a percentage of `total` (IntOrString), rounded by `round`. */
export const amountOf = (value: number | string, total: number, round: (value: number) => number): number => {
  if (typeof value === 'number') return value
  const percentage = /^(\d+)%$/.exec(value)
  return percentage === null ? 0 : round((Number(percentage[1]) * total) / 100)
}
