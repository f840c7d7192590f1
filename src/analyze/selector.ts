/** Equality selectors, as Services, Gateways and policies have them. */
export type Labels = Readonly<Record<string, string>>

/** True when `labels` has all of `selector`; an empty selector selects everything. */
export const selects = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value)

export const isEmptySelector = (selector: Labels): boolean => Object.keys(selector).length === 0

/** `app=reviews,version=v1`, ordered by key, as kubectl takes it. */
export const selectorText = (selector: Labels): string =>
  Object.keys(selector)
    .sort()
    .map((key) => `${key}=${selector[key] ?? ''}`)
    .join(',')

/** The path of the first label of a selector, for the place of a finding: its key with brackets. */
export const selectorField = (path: string, selector: Labels): string => {
  const [first] = Object.keys(selector).sort()
  return first === undefined ? path : `${path}[${first}]`
}
