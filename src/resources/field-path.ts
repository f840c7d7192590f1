/** Paths of fields as Kubernetes writes them. */

/** `spec` and `ports` make `spec.ports`; an empty parent is the object itself. */
export const child = (parent: string, field: string): string => (parent === '' ? field : `${parent}.${field}`)

/** `spec.ports` and 0 make `spec.ports[0]`; keys of maps are written the same way. */
export const item = (parent: string, index: number | string): string => `${parent}[${index}]`

export interface At<T> {
  readonly path: string
  readonly value: T
  readonly index: number
}

/** The items of a list that may be absent, each with its path. */
export const itemsAt = <T>(parent: string, list: readonly T[] | undefined): readonly At<T>[] =>
  (list ?? []).map((value, index) => ({ path: item(parent, index), value, index }))
