import type { Informer } from '../../cluster/informer.ts'
import { type ObjectChange, objectKey } from '../../cluster/object-change.ts'
import { controllerOf } from '../../machinery/object-meta.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import { type LabelSelector, selectsLabels } from '../../resources/meta/label-selector.ts'
import type { PodExpectations } from './pod-expectations.ts'

/** Anything that keeps pods by a selector. */
interface PodOwner extends KubeObject {
  readonly spec: { readonly selector?: LabelSelector }
}

export interface FollowedOwners<T extends PodOwner> {
  /** The owners' kind, as ownerReferences name it. */
  readonly kind: string
  readonly owners: Informer<T>
  readonly pods: Informer<Pod>
  readonly expectations: PodExpectations
}

/** Which owners a change of a pod concerns; what was expected and has come is noted first. */
export const followOwnedPods = <T extends PodOwner>(
  { kind, owners, pods, expectations }: FollowedOwners<T>,
  enqueue: (key: string) => void,
): void => {
  const enqueueOwner = (pod: Pod): void => {
    const controller = controllerOf(pod)
    if (controller !== undefined) {
      if (controller.kind === kind) enqueue(objectKey({ ...pod.metadata, name: controller.name }))
      return
    }
    // An orphan: every owner that selects it may adopt it.
    for (const { metadata, spec } of owners.cache.list(pod.metadata.namespace)) {
      const { selector } = spec
      if (selector !== undefined && selectsLabels(selector, pod.metadata.labels)) enqueue(objectKey(metadata))
    }
  }
  const note = ({ type, object }: ObjectChange<Pod>): void => {
    const owner = controllerOf(object)?.uid
    if (owner === undefined) return
    if (type === 'added') expectations.creationSeen(owner)
    if (type === 'deleted' || object.metadata.deletionTimestamp !== undefined) {
      expectations.deletionSeen(owner, object.metadata.uid ?? '')
    }
  }
  pods.subscribe((change) => {
    note(change)
    enqueueOwner(change.object)
    if (
      change.type === 'modified' &&
      controllerOf(change.previous)?.uid !== controllerOf(change.object)?.uid
    ) {
      enqueueOwner(change.previous)
    }
  })
  owners.subscribe(({ type, object }) => {
    if (type === 'deleted') expectations.forget(object.metadata.uid ?? '')
    enqueue(objectKey(object.metadata))
  })
}
