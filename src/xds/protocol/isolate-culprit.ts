/** Finds which resources of a refused response were at fault, so that the others still land. */

export interface Verdict {
  /** Refused for certain. */
  readonly culprits: readonly string[]
  /** To be sent again, each group as a response of its own. */
  readonly retry: readonly (readonly string[])[]
}

const partOfName = /[\w.|/~:-]/

/** True when `text` holds `name` on its own, and not as a part of a longer name. */
const mentions = (text: string, name: string): boolean => {
  for (let at = text.indexOf(name); at >= 0 && name !== ''; at = text.indexOf(name, at + 1)) {
    const before = text[at - 1]
    const after = text[at + name.length]
    const closed =
      after === undefined ||
      !partOfName.test(after) ||
      /[:.](\s|$)/.test(text.slice(at + name.length, at + name.length + 2))
    if ((before === undefined || !partOfName.test(before)) && closed) return true
  }
  return false
}

/**
 * Envoy names the clusters and listeners that it refuses ("Error adding/updating cluster(s) a: ..., b: ...");
 * where no name is found, the response is cut in halves until one resource is left.
 * `names` come with removals first: half a change may need the room that the removal makes.
 */
export const isolateCulprit = (message: string, names: readonly string[]): Verdict => {
  if (names.length <= 1) return { culprits: names, retry: [] }
  const named = names.filter((name) => mentions(message, name))
  if (named.length > 0) {
    const rest = names.filter((name) => !named.includes(name))
    return { culprits: named, retry: rest.length === 0 ? [] : [rest] }
  }
  const middle = Math.ceil(names.length / 2)
  return { culprits: [], retry: [names.slice(0, middle), names.slice(middle)] }
}
