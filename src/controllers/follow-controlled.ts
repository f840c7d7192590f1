import type { Informer } from '../cluster/informer.ts'
import { objectKey } from '../cluster/object-change.ts'
import { controllerOf } from '../machinery/object-meta.ts'
import type { KubeObject } from '../resources/kube-object.ts'

/** A change of an object concerns its controller, where that is of this kind (as ownerReferences name it). */
export const followControlled = <T extends KubeObject>(
  objects: Informer<T>,
  kind: string,
  enqueue: (key: string) => void,
): void => {
  objects.subscribe(({ object }) => {
    const owner = controllerOf(object)
    if (owner?.kind === kind) enqueue(objectKey({ ...object.metadata, name: owner.name }))
  })
}
