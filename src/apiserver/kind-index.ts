/** Finds a kind by what a request names: group, version and plural, or apiVersion and kind. */
import type { Kind } from '../resources/kind.ts'

export interface KindIndex {
  readonly kinds: readonly Kind[]
  /**
   * All groups in the order of the table, the core group ('') first, each with its versions in the order of preference.
   * kubectl takes the first group that has a word such as `gateways`.
   */
  readonly groups: readonly GroupVersions[]
  /** Undefined for an unknown plural, or a version that the kind does not serve. */
  readonly byPlural: (group: string, version: string, plural: string) => Kind | undefined
  readonly byKind: (group: string, kind: string) => Kind | undefined
}

export interface GroupVersions {
  readonly group: string
  readonly versions: readonly string[]
}

/** `apps` and `v1` give `apps/v1`; the core group has no prefix. */
export const apiVersionOf = (group: string, version: string): string =>
  group === '' ? version : `${group}/${version}`

/** What a list of the kind's objects is. */
export const listKindOf = (kind: Kind): string => kind.custom?.listKind ?? `${kind.kind}List`

/** The stored version's apiVersion. */
export const storedApiVersion = (kind: Kind): string =>
  apiVersionOf(kind.group, kind.custom?.storedVersion ?? kind.versions[0] ?? 'v1')

/** v1 before v1beta2 before v1beta1 before v1alpha3 (Kubernetes' version priority). */
const versionRank = (version: string): readonly [number, number, number] => {
  const parts = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
  if (parts === null) return [9, 0, 0]
  const stage = parts[2] === undefined ? 0 : parts[2] === 'beta' ? 1 : 2
  return [stage, -Number(parts[1]), -Number(parts[3] ?? 0)]
}

const compareVersions = (left: string, right: string): number => {
  const [a, b] = [versionRank(left), versionRank(right)]
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
}

const groupsOf = (kinds: readonly Kind[]): readonly GroupVersions[] => {
  const versions = new Map<string, Set<string>>()
  for (const kind of kinds) {
    const known = versions.get(kind.group) ?? new Set<string>()
    for (const version of kind.versions) known.add(version)
    versions.set(kind.group, known)
  }
  return [...versions].map(([group, known]) => ({ group, versions: [...known].toSorted(compareVersions) }))
}

export const createKindIndex = (kinds: readonly Kind[]): KindIndex => {
  const plurals = new Map(
    kinds.flatMap((kind) =>
      kind.versions.map((version) => [`${kind.group}/${version}/${kind.plural}`, kind] as const),
    ),
  )
  const names = new Map(kinds.map((kind) => [`${kind.group}/${kind.kind}`, kind]))
  return {
    kinds,
    groups: groupsOf(kinds),
    byPlural: (group, version, plural) => plurals.get(`${group}/${version}/${plural}`),
    byKind: (group, kind) => names.get(`${group}/${kind}`),
  }
}
