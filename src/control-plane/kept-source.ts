/** What the keepers of deleted definitions share. */
import type { Source } from '../collections/collection.ts'
import { usedDestinations, type Destination, type RouteTable } from '../mesh/model/route-table.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { Definition } from './in-use-record.ts'

/** A definition that stands in a source although its owner deleted it. */
export interface KeptObject extends Definition {
  readonly kept: true
}

export const isKept = (object: KubeObject): boolean => 'kept' in object

/** Keeps deleted definitions of one kind. */
export interface Keeper {
  /** The source as it is to be fed. */
  readonly source: Source<KubeObject>
  readonly any: () => boolean
  readonly release: (destinations: readonly Destination[]) => boolean
  readonly usedBy: (destinations: readonly Destination[]) => readonly Definition[]
  readonly restore: (definition: Definition) => void
}

/** Destinations that get traffic. */
export const destinationsOf = (table: RouteTable): readonly Destination[] =>
  [
    ...table.rules.flatMap(({ action }) =>
      action.kind === 'forward' ? [...usedDestinations(action.destinations), ...action.mirrors] : [],
    ),
    ...(table.connections ?? []).flatMap(({ destinations }) => usedDestinations(destinations)),
  ].map(({ destination }) => destination)

/** `namespace/name`. */
export const keyOfObject = ({ metadata }: KubeObject): string =>
  `${metadata.namespace ?? ''}/${metadata.name}`

/** The source with every change going through `change`, which learns what was there before. */
export const guardedSource = (
  source: Source<KubeObject>,
  change: (key: string, next: KubeObject | undefined, before: KubeObject | undefined) => void,
): { readonly source: Source<KubeObject>; readonly known: ReadonlyMap<string, KubeObject> } => {
  const known = new Map<string, KubeObject>()
  const apply = (key: string, next: KubeObject | undefined): void => {
    const before = known.get(key)
    if (next === undefined) known.delete(key)
    else known.set(key, next)
    change(key, next, before)
  }
  return {
    known,
    source: {
      ...source,
      set: apply,
      delete: (key) => apply(key, undefined),
      replace: (entries) => {
        const next = new Map(entries)
        for (const key of [...known.keys()]) if (!next.has(key)) apply(key, undefined)
        for (const [key, object] of next) apply(key, object)
      },
    },
  }
}
