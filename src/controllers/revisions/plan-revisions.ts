import { controllerReference } from '../../machinery/object-meta.ts'
import { isJsonObject, type JsonObject, jsonEqual } from '../../primitives/json-value.ts'
import type { ControllerRevision } from '../../resources/apps/controller-revision.ts'
import type { PodTemplateSpec } from '../../resources/core/pod.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { canonical } from '../deployment/template-hash.ts'
import { safeHash } from '../safe-hash.ts'

/** What keeps its history in ControllerRevisions. */
export interface Revised extends KubeObject {
  readonly spec: { readonly template: PodTemplateSpec; readonly revisionHistoryLimit?: number }
  readonly status?: { readonly collisionCount?: number }
}

export type RevisionAction =
  | { readonly type: 'createRevision'; readonly revision: ControllerRevision }
  | { readonly type: 'updateRevision'; readonly revision: ControllerRevision }
  | { readonly type: 'deleteRevision'; readonly revision: ControllerRevision }

export interface RevisionPlan {
  /** The one of the owner's template as it is now. */
  readonly update: ControllerRevision
  /** The history as it will be, the oldest first. */
  readonly history: readonly ControllerRevision[]
  readonly actions: readonly RevisionAction[]
}

/** A strategic merge patch of the owner: what `kubectl rollout undo` sends back. */
export const revisionData = ({ spec }: Revised): JsonObject => {
  const template: unknown = JSON.parse(canonical(spec.template))
  return { spec: { template: { ...(isJsonObject(template) ? template : {}), $patch: 'replace' } } }
}

/** The template that a revision keeps; undefined for one that a stranger wrote. */
export const templateOf = ({ data }: ControllerRevision): PodTemplateSpec | undefined => {
  const spec = data?.['spec']
  const kept = isJsonObject(spec) ? spec['template'] : undefined
  if (!isJsonObject(kept)) return undefined
  const { $patch: _, ...template } = kept
  // Written by revisionData from a template.
  return template as unknown as PodTemplateSpec
}

export const hashOf = (owner: Revised): string =>
  safeHash(`${canonical(owner.spec.template)}${owner.status?.collisionCount ?? ''}`)

const newRevision = (owner: Revised, hashLabel: string, number: number): ControllerRevision => {
  const hash = hashOf(owner)
  const { namespace, name, annotations } = owner.metadata
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...owner.spec.template.metadata?.labels, [hashLabel]: hash },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerReference(owner)],
    },
    data: revisionData(owner),
    revision: number,
  }
}

const byAge = (left: ControllerRevision, right: ControllerRevision): number =>
  left.revision - right.revision || (left.metadata.name < right.metadata.name ? -1 : 1)

/** Old ones beyond the limit, but for those in use. */
const surplus = (
  owner: Revised,
  history: readonly ControllerRevision[],
  isUsed: (revision: ControllerRevision) => boolean,
): readonly ControllerRevision[] => {
  const unused = history.filter((revision) => !isUsed(revision))
  return unused.slice(0, Math.max(unused.length - (owner.spec.revisionHistoryLimit ?? 10), 0))
}

/**
 * The revision of the owner's template: an equal one becomes the newest again, else a new one is made; old ones beyond
 * the history limit go. `hashLabel` is the label of revisions that keeps their hash; `isUsed`: pods have it.
 */
export const planRevisions = (
  owner: Revised,
  revisions: readonly ControllerRevision[],
  options: { readonly hashLabel: string; readonly isUsed: (revision: ControllerRevision) => boolean },
): RevisionPlan => {
  const known = revisions.toSorted(byAge)
  const newest = known.at(-1)
  const data = revisionData(owner)
  const equal = known.findLast((revision) => jsonEqual(revision.data, data))
  const next = (newest?.revision ?? 0) + 1
  const isNewest = equal !== undefined && equal === newest
  const update =
    equal === undefined
      ? newRevision(owner, options.hashLabel, next)
      : isNewest
        ? equal
        : { ...equal, revision: next }
  const others = known.filter((revision) => revision !== equal)
  const gone = surplus(owner, others, options.isUsed)
  return {
    update,
    history: [...others.filter((revision) => !gone.includes(revision)), update],
    actions: [
      ...(equal === undefined ? [{ type: 'createRevision', revision: update } as const] : []),
      ...(equal === undefined || isNewest ? [] : [{ type: 'updateRevision', revision: update } as const]),
      ...gone.map((revision) => ({ type: 'deleteRevision', revision }) as const),
    ],
  }
}
