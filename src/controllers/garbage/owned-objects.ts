import { isApiError } from '../../machinery/api-error.ts'
import type { ResourceRef } from '../../machinery/ports.ts'
import type { KubeObject, OwnerReference } from '../../resources/kube-object.ts'
import type { ControlledKind, ControllerContext } from '../controller-context.ts'
import { withoutOwners } from '../ownership.ts'
import { type OwnedObject, ownedObject, type OwnerGraph, waitsForDependents } from './owner-graph.ts'
import type { OwnerState } from './plan-collection.ts'

const refOf = ({ group, version, plural }: ControlledKind): ResourceRef => ({ group, version, plural })

const nameOf = ({ namespace, name }: OwnedObject): { readonly namespace?: string; readonly name: string } =>
  namespace === undefined ? { name } : { namespace, name }

const withoutFinalizer = <T extends KubeObject>(object: T, finalizer: string): T => ({
  ...object,
  metadata: {
    ...object.metadata,
    finalizers: (object.metadata.finalizers ?? []).filter((name) => name !== finalizer),
  },
})

const ignoreGone = (error: unknown): void => {
  if (!isApiError(error, 404)) throw error
}

/** What the garbage collector asks and does about single objects. An object that is gone is no failure. */
export interface OwnedObjects {
  /** By uid: another object under the owner's name is no owner. A kind that is not served proves nothing. */
  readonly ownerState: (object: OwnedObject, reference: OwnerReference) => Promise<OwnerState>
  /** Drops the references to those owners. */
  readonly release: (object: OwnedObject, owners: ReadonlySet<string>) => Promise<void>
  readonly removeFinalizer: (object: OwnedObject, finalizer: string) => Promise<void>
  readonly remove: (object: OwnedObject, policy: 'Background' | 'Foreground' | 'Orphan') => Promise<void>
}

export const createOwnedObjects = (
  { cluster, log }: ControllerContext,
  { graph, kinds }: { readonly graph: OwnerGraph; readonly kinds: () => readonly ControlledKind[] },
  signal: AbortSignal,
): OwnedObjects => {
  const live = async (object: OwnedObject): Promise<KubeObject | undefined> => {
    const found = await cluster.get<KubeObject>(refOf(object.kind), nameOf(object), signal)
    return found?.metadata.uid === object.uid ? found : undefined
  }
  const update = async (object: OwnedObject, next: KubeObject): Promise<void> => {
    await cluster.update(refOf(object.kind), next, { signal }).catch(ignoreGone)
  }
  return {
    ownerState: async (object, reference) => {
      const slash = reference.apiVersion.indexOf('/')
      const group = slash === -1 ? '' : reference.apiVersion.slice(0, slash)
      const kind = kinds().find((row) => row.group === group && row.kind === reference.kind)
      if (kind === undefined) return 'there'
      const known = graph.get(reference.uid)
      const within = known?.namespace === undefined || known.namespace === object.namespace
      if (known !== undefined && within) return waitsForDependents(known) ? 'waiting' : 'there'
      // A cluster-scoped object cannot have an owner in a namespace.
      if (kind.namespaced && object.namespace === undefined) return 'absent'
      const place = kind.namespaced && object.namespace !== undefined ? { namespace: object.namespace } : {}
      const found = await cluster.get<KubeObject>(refOf(kind), { ...place, name: reference.name }, signal)
      if (found === undefined || found.metadata.uid !== reference.uid) return 'absent'
      return waitsForDependents(ownedObject(kind, found)) ? 'waiting' : 'there'
    },
    release: async (object, owners) => {
      const found = await live(object)
      if (found !== undefined) await update(object, withoutOwners(found, owners))
    },
    removeFinalizer: async (object, finalizer) => {
      const found = await live(object)
      if (found !== undefined) await update(object, withoutFinalizer(found, finalizer))
    },
    remove: async (object, policy) => {
      const { kind, name, namespace, uid } = object
      log('deleting an object whose owners are gone', { kind: kind.kind, namespace, name, policy })
      const options = { propagationPolicy: policy, preconditions: { uid }, signal }
      await cluster.delete(refOf(kind), nameOf(object), options).catch(ignoreGone)
    },
  }
}
