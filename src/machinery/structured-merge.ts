/** Values and field sets by schema: the set of a value, merging, comparing and pruning (structured-merge-diff's typed package). */
import { type JsonValue, jsonEqual } from '../primitives/json-value.ts'
import type { Schema, SchemaLibrary } from '../resources/schema.ts'
import { emptySet, type FieldSet, fieldSet, isEmptySet, leafSet } from './field-set.ts'
import { assemble, structureOf } from './structure.ts'

/** The fields that a configuration sets: its leaves, list items and map keys. */
export const fieldsOf = (value: JsonValue, schema: Schema | undefined, library: SchemaLibrary): FieldSet => {
  const structure = structureOf(value, schema, library)
  if (structure.type === 'atomic') return leafSet
  // An empty map is owned as such; of an empty list with keys there is nothing to own.
  if (structure.parts.size === 0) return structure.type === 'map' ? leafSet : emptySet
  const children = [...structure.parts].map(([element, part]) => {
    const below = fieldsOf(part.value, part.schema, library)
    return [element, part.owned ? { ...below, member: true } : below] as const
  })
  return fieldSet(false, children)
}

/** Every node of a value: what is new when the whole of it is new. */
const allNodes = (value: JsonValue, schema: Schema | undefined, library: SchemaLibrary): FieldSet => {
  const structure = structureOf(value, schema, library)
  if (structure.type === 'atomic') return leafSet
  return fieldSet(
    true,
    [...structure.parts].map(([element, part]) => [element, allNodes(part.value, part.schema, library)]),
  )
}

/** What differs between two values. */
export interface Comparison {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

const nothing: Comparison = { added: emptySet, modified: emptySet, removed: emptySet }

/** Compares by structure: the order of keyed lists and sets does not count. */
export const compareValues = (
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  schema: Schema | undefined,
  library: SchemaLibrary,
): Comparison => {
  if (before === undefined) {
    return after === undefined ? nothing : { ...nothing, added: allNodes(after, schema, library) }
  }
  if (after === undefined) return { ...nothing, removed: allNodes(before, schema, library) }
  const left = structureOf(before, schema, library)
  const right = structureOf(after, schema, library)
  if (left.type === 'atomic' || right.type === 'atomic' || left.type !== right.type) {
    return jsonEqual(before, after) ? nothing : { ...nothing, modified: leafSet }
  }
  const elements = [...new Set([...left.parts.keys(), ...right.parts.keys()])]
  const below = elements.map((element) => {
    const old = left.parts.get(element)
    const now = right.parts.get(element)
    return [element, compareValues(old?.value, now?.value, (now ?? old)?.schema, library)] as const
  })
  const gather = (side: keyof Comparison): FieldSet =>
    fieldSet(
      false,
      below.map(([element, comparison]) => [element, comparison[side]]),
    )
  return { added: gather('added'), modified: gather('modified'), removed: gather('removed') }
}

/** `live` with all that `applied` sets. Lists keep live's items and take applied's order where both have a say. */
export const mergeValues = (
  live: JsonValue | undefined,
  applied: JsonValue,
  schema: Schema | undefined,
  library: SchemaLibrary,
): JsonValue => {
  if (live === undefined) return applied
  const left = structureOf(live, schema, library)
  const right = structureOf(applied, schema, library)
  if (left.type === 'atomic' || right.type === 'atomic' || left.type !== right.type) return applied
  const order =
    right.type === 'list'
      ? mergedOrder([...left.parts.keys()], [...right.parts.keys()])
      : [...new Set([...left.parts.keys(), ...right.parts.keys()])]
  const merged = order.flatMap((element): [string, JsonValue][] => {
    const old = left.parts.get(element)
    const now = right.parts.get(element)
    if (now === undefined) return old === undefined ? [] : [[element, old.value]]
    return [[element, mergeValues(old?.value, now.value, now.schema, library)]]
  })
  return assemble(right.type, merged)
}

/** Applied's order; items that live alone has go before the next one that both have, as in live. */
const mergedOrder = (live: readonly string[], applied: readonly string[]): readonly string[] => {
  const inApplied = new Set(applied)
  const order = new Set<string>()
  for (const element of applied) {
    const before = live.slice(0, live.indexOf(element) + 1).filter((each) => !inApplied.has(each))
    for (const each of before) order.add(each)
    order.add(element)
  }
  return [...order, ...live.filter((element) => !order.has(element))]
}

/** What `prune` goes by: the applier's last set and what anybody owns now. */
export interface Ownership {
  readonly last: FieldSet
  readonly owned: FieldSet
}

/**
 * `value` without what was in the applier's last set and now nobody owns; a list item or map that goes takes what
 * nobody owns below with it (defaults), one that somebody else owns a field of stays. Undefined: nothing is left.
 */
export const pruneValue = (
  value: JsonValue,
  { last, owned }: Ownership,
  schema: Schema | undefined,
  library: SchemaLibrary,
): JsonValue | undefined => {
  if (isEmptySet(last)) return value
  if (last.member && isEmptySet(owned)) return undefined
  const structure = structureOf(value, schema, library)
  if (structure.type === 'atomic') return value
  const before = [...structure.parts]
  const kept = before.flatMap(([element, part]): [string, JsonValue][] => {
    const below: Ownership = {
      last: last.children.get(element) ?? emptySet,
      owned: owned.children.get(element) ?? emptySet,
    }
    const pruned = pruneValue(part.value, below, part.schema, library)
    return pruned === undefined ? [] : [[element, pruned]]
  })
  if (kept.length === 0 && before.length > 0 && isEmptySet(owned)) return undefined
  return assemble(structure.type, kept)
}
