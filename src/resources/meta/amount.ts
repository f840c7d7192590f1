/** Amounts that are a number or a percentage: maxSurge, maxUnavailable, minAvailable (IntOrString). */

/** What is wrong with an amount; undefined when nothing is, or when it is absent. */
export const amountProblem = (amount: number | string | undefined): string | undefined => {
  if (amount === undefined) return undefined
  if (typeof amount === 'number') return amount < 0 ? 'must be greater than or equal to 0' : undefined
  return /^\d+%$/.test(amount)
    ? undefined
    : "a valid percent string must be a number followed by '%' (e.g. '25%')"
}
