/** Remembers results by the identity of the objects that they were computed from; they go when the objects go. */

export interface ObjectMemo<Value> {
  /** The value for these objects (by identity) and this text, made once. */
  readonly at: (objects: readonly object[], text: string, make: () => Value) => Value
}

interface Branch<Value> {
  readonly next: WeakMap<object, Branch<Value>>
  readonly values: Map<string, { readonly value: Value }>
}

const branch = <Value>(): Branch<Value> => ({ next: new WeakMap(), values: new Map() })

/** Costs one weak map look-up per object: put the objects that change most first, so that old branches are freed whole. */
export const objectMemo = <Value>(): ObjectMemo<Value> => {
  const root = branch<Value>()
  return {
    at: (objects, text, make) => {
      let here = root
      for (const object of objects) {
        let next = here.next.get(object)
        if (next === undefined) {
          next = branch()
          here.next.set(object, next)
        }
        here = next
      }
      const known = here.values.get(text)
      if (known !== undefined) return known.value
      const value = make()
      here.values.set(text, { value })
      return value
    },
  }
}

/** Gives back an earlier array with the same elements, so that equal lists are one object. Keeps the last few. */
export const listInterner = <Element>(keep: number): ((list: readonly Element[]) => readonly Element[]) => {
  let recent: readonly (readonly Element[])[] = []
  return (list) => {
    const known = recent.find((candidate) => sameElements(candidate, list)) ?? list
    if (recent[0] !== known)
      recent = [known, ...recent.filter((candidate) => candidate !== known)].slice(0, keep)
    return known
  }
}

const sameElements = <Element>(left: readonly Element[], right: readonly Element[]): boolean =>
  left === right || (left.length === right.length && left.every((element, index) => element === right[index]))
