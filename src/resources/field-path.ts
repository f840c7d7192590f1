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

/** A place in an object, spelled only when something is said of it: most values have nothing said of them. */
export interface FieldPlace {
  readonly above: FieldPlace | undefined
  /** A field's name; an index, or the key of a map, is an item. */
  readonly step: string | number
  readonly isItem: boolean
}

/** The place as Kubernetes writes it; the object itself is undefined. */
export const pathOf = (place: FieldPlace | undefined): string => {
  if (place === undefined) return ''
  const parent = pathOf(place.above)
  return place.isItem ? item(parent, place.step) : child(parent, String(place.step))
}
