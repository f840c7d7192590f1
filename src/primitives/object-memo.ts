/** Remembers results by the identity of the objects that they were computed from; they go when the objects go. */

export interface ObjectMemo<Value> {
  /** The value for these objects (by identity) and this text, made once. */
  readonly at: (objects: readonly object[], text: string, make: () => Value) => Value
}

/** Made lazily: most branches have one value, or only branches, and weak maps cost the garbage collector. */
interface Branch<Value> {
  next: WeakMap<object, Branch<Value>> | undefined
  first: { readonly text: string; readonly value: Value } | undefined
  further: Map<string, Value> | undefined
}

const branch = <Value>(): Branch<Value> => ({ next: undefined, first: undefined, further: undefined })

/** Costs one weak map look-up per object: put the objects that change most first, so that old branches are freed whole. */
export const objectMemo = <Value>(): ObjectMemo<Value> => {
  const root = branch<Value>()
  return {
    at: (objects, text, make) => {
      let here = root
      for (const object of objects) here = descend(here, object)
      if (here.first?.text === text) return here.first.value
      const { further } = here
      const known = further?.get(text)
      if (known !== undefined || further?.has(text) === true) return known as Value
      const value = make()
      if (here.first === undefined) here.first = { text, value }
      else (here.further ??= new Map()).set(text, value)
      return value
    },
  }
}

const descend = <Value>(from: Branch<Value>, object: object): Branch<Value> => {
  from.next ??= new WeakMap()
  const known = from.next.get(object)
  if (known !== undefined) return known
  const made = branch<Value>()
  from.next.set(object, made)
  return made
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
