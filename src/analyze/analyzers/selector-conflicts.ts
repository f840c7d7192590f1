/** What Sidecar and Telemetry share: objects of a namespace whose selectors select no pod, or the same. */
import type { Code } from '../catalogue.ts'
import { finding } from '../finding.ts'
import type { Finding } from '../finding.ts'
import { groupBy } from '../group-by.ts'
import { kinds } from '../kind-keys.ts'
import { selectableWorkloads } from '../mesh-membership.ts'
import type { AnalysisObject, ObjectSet } from '../object-set.ts'
import { isEmptySelector, selects } from '../selector.ts'
import type { Labels } from '../selector.ts'
import { selectorNotFound } from './gateway-ports.ts'

export interface Selecting {
  readonly owner: AnalysisObject
  readonly selector: Labels
  /** Where the selector is written. */
  readonly path: string
}

/** What messages call the owners: their names without the namespace, in order. */
export const ownerNames = (owners: readonly AnalysisObject[]): readonly string[] =>
  owners.map(({ name }) => name).sort()

const podsOf = (set: ObjectSet, { owner, selector }: Selecting): readonly AnalysisObject[] =>
  set
    .of(kinds.pod)
    .filter(({ namespace, labels }) => namespace === owner.namespace && selects(selector, labels))

/** Owners with a selector that selects nothing, and owners that share a pod. Empty when no pod is known. */
export const selectorConflicts = (
  set: ObjectSet,
  selecting: readonly Selecting[],
  code: Code,
  isExempt: (pod: AnalysisObject) => boolean,
): readonly Finding[] => {
  if (!set.knows(kinds.pod)) return []
  const withSelector = selecting.filter(({ selector }) => !isEmptySelector(selector))
  const selections = withSelector.flatMap((one) => podsOf(set, one).map((pod) => ({ pod, owner: one.owner })))
  const workloads = selectableWorkloads(set)
  const byPod = groupBy(selections, ({ pod }) => `${pod.namespace}/${pod.name}`)
  return [
    ...withSelector
      .filter(
        ({ owner, selector }) =>
          !workloads.some(
            ({ namespace, labels }) => namespace === owner.namespace && selects(selector, labels),
          ),
      )
      .map(({ owner, selector, path }) => selectorNotFound(owner, selector, path, selectableWorkloads(set))),
    ...[...byPod.values()].flatMap((same) => {
      const owners = same.map(({ owner }) => owner)
      const pod = same[0]?.pod
      if (owners.length < 2 || pod === undefined || isExempt(pod)) return []
      const parameters = [ownerNames(owners), pod.namespace, pod.name]
      return owners.map((owner) => finding(code, owner, parameters, { field: 'metadata.name' }))
    }),
  ]
}

/** Objects of one namespace of which at most one may be without a selector. */
export const defaultConflicts = (owners: readonly AnalysisObject[], code: Code): readonly Finding[] =>
  [...groupBy(owners, ({ namespace }) => namespace).values()].flatMap((same) =>
    same.length < 2
      ? []
      : same.map((owner) =>
          finding(code, owner, [ownerNames(same), owner.namespace], { field: 'metadata.name' }),
        ),
  )
