/** ReplicationControllers, seen as the ReplicaSets that they are but for their selector (pkg/controller/replication/conversion.go). */
import type { Informer } from '../../cluster/informer.ts'
import type { ObjectChange } from '../../cluster/object-change.ts'
import type { ReplicaSet } from '../../resources/apps/replica-set.ts'
import type { ReplicationController } from '../../resources/core/replication-controller.ts'

const asReplicaSet = (controller: ReplicationController): ReplicaSet => ({
  ...controller,
  spec: { ...controller.spec, selector: { matchLabels: controller.spec.selector ?? {} } },
})

export const asReplicationController = (replicaSet: ReplicaSet): ReplicationController => ({
  ...replicaSet,
  spec: { ...replicaSet.spec, selector: replicaSet.spec.selector.matchLabels ?? {} },
})

const asReplicaSetChange = (change: ObjectChange<ReplicationController>): ObjectChange<ReplicaSet> =>
  change.type === 'modified'
    ? { ...change, object: asReplicaSet(change.object), previous: asReplicaSet(change.previous) }
    : { ...change, object: asReplicaSet(change.object) }

export const replicationControllersAsReplicaSets = (
  informer: Informer<ReplicationController>,
): Informer<ReplicaSet> => ({
  ...informer,
  cache: {
    get: (key) => {
      const found = informer.cache.get(key)
      return found === undefined ? undefined : asReplicaSet(found)
    },
    list: (namespace) => informer.cache.list(namespace).map(asReplicaSet),
    byIndex: (index, word) => informer.cache.byIndex(index, word).map(asReplicaSet),
    addIndex: (name, words) => informer.cache.addIndex(name, (object) => words(asReplicaSet(object))),
    size: informer.cache.size,
  },
  subscribe: (handler) => informer.subscribe((change) => handler(asReplicaSetChange(change))),
})
