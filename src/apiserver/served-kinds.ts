/** The kinds that are served: those of the table, and those of the stored CustomResourceDefinitions, as they change. */
import { messageOf } from '../primitives/coded-error.ts'
import type { Log } from '../primitives/log.ts'
import { customKinds, isDefinition } from '../resources/apiextensions/custom-kind.ts'
import type { CustomResourceDefinition } from '../resources/apiextensions/custom-resource-definition.ts'
import { takenBy, type TakenNames } from '../resources/apiextensions/definition-status.ts'
import type { Kind } from '../resources/kind.ts'
import type { Store } from '../store/store.ts'
import { createKindIndex, type KindIndex } from './kind-index.ts'
import { observedStore } from './observed-store.ts'
import { decodeStored, keyPrefix } from './stored-object.ts'

export interface ServedKinds {
  /** Always of the kinds as they are now. */
  readonly index: KindIndex
  /** Writes of definitions through it change the index before they resolve. */
  readonly store: Store
  /** True for a kind of the table that CustomResourceDefinitions describe elsewhere: Istio's and the like. */
  readonly isBuiltIn: (group: string, plural: string) => boolean
  /** The names that others than the definition have in its group. */
  readonly namesBeside: (definition: CustomResourceDefinition) => TakenNames
  /** Definitions whose names were not all free when they were written last. */
  readonly conflicted: () => readonly CustomResourceDefinition[]
  readonly definitions: () => readonly ServedDefinition[]
  /** Hears of every change of the kinds; returns the way out. */
  readonly subscribe: (listener: () => void) => () => void
}

/** A stored CustomResourceDefinition. */
export interface ServedDefinition {
  readonly name: string
  /** The kind in its stored version, or in another when that one is not served; undefined: none is served. */
  readonly kind: Kind | undefined
  /** The kind is the table's own. */
  readonly isBuiltIn: boolean
  readonly isTerminating: boolean
}

interface Known {
  readonly definition: CustomResourceDefinition
  readonly kinds: readonly Kind[]
}

const definitionOf = (kind: Kind, value: string): CustomResourceDefinition | undefined => {
  const object: unknown = decodeStored(kind, 'apiextensions.k8s.io/v1', { value, revision: 0 })
  return isDefinition(object) ? object : undefined
}

const namesOfKind = ({ plural, singular, shortNames, kind }: Kind) => ({
  plural,
  singular,
  shortNames,
  kind,
  listKind: `${kind}List`,
})

const hasConflict = ({ status }: CustomResourceDefinition): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'NamesAccepted' && is === 'False') === true

/** Nobody reads the schemas of a definition whose kind is built in. */
const withoutSchemas = (definition: CustomResourceDefinition): CustomResourceDefinition => ({
  ...definition,
  spec: { ...definition.spec, versions: [] },
})

/** An index that is always of the kinds as they are now. */
const liveIndex = (current: () => KindIndex): KindIndex => ({
  get kinds() {
    return current().kinds
  },
  get groups() {
    return current().groups
  },
  byPlural: (group, version, plural) => current().byPlural(group, version, plural),
  byKind: (group, kind) => current().byKind(group, kind),
})

const namesBeside = (
  { metadata, spec }: CustomResourceDefinition,
  table: readonly Kind[],
  definitions: readonly CustomResourceDefinition[],
): TakenNames => {
  const ofTable = table
    .filter(({ group, plural }) => group === spec.group && plural !== spec.names.plural)
    .map(namesOfKind)
  const ofDefinitions = definitions
    .filter((other) => other.spec.group === spec.group && other.metadata.name !== metadata.name)
    .flatMap(({ status }) => status?.acceptedNames ?? [])
  return takenBy([...ofTable, ...ofDefinitions])
}

const servedDefinition = ({ definition, kinds }: Known, own: Kind | undefined): ServedDefinition => {
  const stored = kinds.find(({ custom, versions }) => versions[0] === custom?.storedVersion)
  return {
    name: definition.metadata.name,
    kind: own ?? stored ?? kinds[0],
    isBuiltIn: own !== undefined,
    isTerminating: definition.metadata.deletionTimestamp !== undefined,
  }
}

/** Reads the stored definitions; what cannot be read is told and left out. */
export const createServedKinds = (store: Store, table: readonly Kind[], log: Log): ServedKinds => {
  const known = new Map<string, Known>()
  const listeners = new Set<() => void>()
  const row = table.find(({ kind }) => kind === 'CustomResourceDefinition')
  const ownKind = (group: string, plural: string): Kind | undefined =>
    table.find((kind) => kind.group === group && kind.plural === plural)
  let index = createKindIndex(table)

  const read = (key: string, value: string | undefined): void => {
    known.delete(key)
    try {
      const definition = value === undefined || row === undefined ? undefined : definitionOf(row, value)
      if (definition === undefined) return
      const { group, names } = definition.spec
      if (ownKind(group, names.plural) === undefined) {
        known.set(key, { definition, kinds: customKinds(definition) })
      } else known.set(key, { definition: withoutSchemas(definition), kinds: [] })
    } catch (error) {
      log('a stored definition makes no kind', { key, error: messageOf(error) })
    }
  }
  const rebuild = (): void => {
    index = createKindIndex([...table, ...[...known.values()].flatMap(({ kinds }) => kinds)])
    for (const listener of listeners) listener()
  }
  const prefix = row === undefined ? undefined : keyPrefix(row)
  for (const { key, value } of prefix === undefined ? [] : store.range(prefix).items) read(key, value)
  rebuild()
  const onWrite = (key: string, value: string | undefined): void => {
    read(key, value)
    rebuild()
  }
  const definitions = (): readonly CustomResourceDefinition[] =>
    [...known.values()].map(({ definition }) => definition)
  return {
    index: liveIndex(() => index),
    store: prefix === undefined ? store : observedStore(store, { prefix, onWrite }),
    isBuiltIn: (group, plural) => ownKind(group, plural) !== undefined,
    namesBeside: (definition) => namesBeside(definition, table, definitions()),
    conflicted: () => definitions().filter(hasConflict),
    definitions: () =>
      [...known.values()].map((each) => {
        const { group, names } = each.definition.spec
        return servedDefinition(each, ownKind(group, names.plural))
      }),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
