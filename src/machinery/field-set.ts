/** Sets of fields as trees: who owns what of an object (structured-merge-diff's fieldpath.Set). */

/**
 * A node of the tree. A child's name is a path element as FieldsV1 writes it: `f:name`, `k:{"name":"x"}`, `v:"x"`, `i:0`.
 * `member`: the node itself is in the set (not only something below).
 */
export interface FieldSet {
  readonly member: boolean
  readonly children: ReadonlyMap<string, FieldSet>
}

export const emptySet: FieldSet = { member: false, children: new Map() }
export const leafSet: FieldSet = { member: true, children: new Map() }

export const isEmptySet = (set: FieldSet): boolean => !set.member && set.children.size === 0

/** A node with the given children, empty ones left out. */
export const fieldSet = (member: boolean, children: Iterable<readonly [string, FieldSet]>): FieldSet => ({
  member,
  children: new Map([...children].filter(([, child]) => !isEmptySet(child))),
})

const combine = (
  left: FieldSet,
  right: FieldSet,
  keep: (inLeft: boolean, inRight: boolean) => boolean,
): FieldSet => {
  const names = new Set([...left.children.keys(), ...right.children.keys()])
  return fieldSet(
    keep(left.member, right.member),
    [...names].map((name) => [
      name,
      combine(left.children.get(name) ?? emptySet, right.children.get(name) ?? emptySet, keep),
    ]),
  )
}

export const union = (left: FieldSet, right: FieldSet): FieldSet => combine(left, right, (a, b) => a || b)

export const intersection = (left: FieldSet, right: FieldSet): FieldSet =>
  combine(left, right, (a, b) => a && b)

export const difference = (left: FieldSet, right: FieldSet): FieldSet =>
  combine(left, right, (a, b) => a && !b)

/** `left` without the members of `right` and all that lies below them. */
export const recursiveDifference = (left: FieldSet, right: FieldSet): FieldSet => {
  if (right.member) return emptySet
  return fieldSet(
    left.member,
    [...left.children].map(([name, child]) => [
      name,
      recursiveDifference(child, right.children.get(name) ?? emptySet),
    ]),
  )
}

export const equalSets = (left: FieldSet, right: FieldSet): boolean =>
  left.member === right.member &&
  left.children.size === right.children.size &&
  [...left.children].every(([name, child]) => {
    const other = right.children.get(name)
    return other !== undefined && equalSets(child, other)
  })

/** The paths of all members, as lists of path elements, in the tree's order. */
export const membersOf = (set: FieldSet, above: readonly string[] = []): readonly (readonly string[])[] => [
  ...(set.member ? [above] : []),
  ...[...set.children].flatMap(([name, child]) => membersOf(child, [...above, name])),
]

/** The set of the given paths, e.g. `[['f:spec'], ['f:metadata', 'f:labels']]`. */
export const setOfPaths = (paths: readonly (readonly string[])[]): FieldSet =>
  paths.reduce(
    (set, path) =>
      union(
        set,
        path.reduceRight((below, name) => fieldSet(false, [[name, below]]), leafSet),
      ),
    emptySet,
  )
