/** Scheduling: a pod without a node is bound to one that takes it, or told why none does. */
import { objectKey } from '../../cluster/object-change.ts'
import { isApiError } from '../../machinery/api-error.ts'
import { jsonEqual } from '../../primitives/json-value.ts'
import type { Node } from '../../resources/core/node.ts'
import type { ObjectReference } from '../../resources/core/object-reference.ts'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { Pod, PodCondition } from '../../resources/core/pod.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import type { StorageClass } from '../../resources/storage/storage-class.ts'
import { type Controller, type ControllerContext, resources } from '../controller-context.ts'
import { podCondition } from '../pods/pod-state.ts'
import { createReconciler } from '../reconciler.ts'
import { transitionTime } from '../../machinery/conditions.ts'
import { isScheduled, planBinding } from './plan-binding.ts'

/** Binding (core/v1): the body of pods/binding. */
interface Binding extends KubeObject {
  readonly target: ObjectReference
}

const bindings = { ...resources.pods, subresource: 'binding' } as const

const unschedulableCondition = (pod: Pod, message: string, now: number): PodCondition => {
  return {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: transitionTime(podCondition(pod, 'PodScheduled'), 'False', now),
    reason: 'Unschedulable',
    message,
  }
}

const bindingOf = (pod: Pod, node: string): Binding => {
  const { name, namespace, uid } = pod.metadata
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
  }
  return {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata,
    target: { apiVersion: 'v1', kind: 'Node', name: node },
  }
}

/** Gives each pod its node, or says in its PodScheduled condition why it has none. */
export const createScheduler = (context: ControllerContext, signal: AbortSignal): Controller => {
  const { cluster, informers, clock } = context
  const name = 'default-scheduler'
  const recorder = context.recorder(name)
  const pods = informers.informer<Pod>(resources.pods)
  const nodes = informers.informer<Node>(resources.nodes)
  const claims = informers.informer<PersistentVolumeClaim>(resources.persistentVolumeClaims)
  const classes = informers.informer<StorageClass>(resources.storageClasses)
  const storage = { claim: claims.cache.get, storageClass: classes.cache.get }

  const bind = async (pod: Pod, node: string): Promise<void> => {
    try {
      await cluster.create(bindings, bindingOf(pod, node), signal)
    } catch (error) {
      // Deleted, or bound a moment ago: its own event tells.
      if (isApiError(error, 404) || isApiError(error, 409)) return
      throw error
    }
    const message = `Successfully assigned ${objectKey(pod.metadata)} to ${node}`
    recorder.record({ object: pod, type: 'Normal', reason: 'Scheduled', message })
  }

  const report = async (pod: Pod, message: string): Promise<void> => {
    const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled')
    const condition = unschedulableCondition(pod, message, clock.now())
    const status = { ...pod.status, conditions: [...others, condition] }
    await cluster.update(resources.pods, { ...pod, status }, { subresource: 'status', signal })
    recorder.record({ object: pod, type: 'Warning', reason: 'FailedScheduling', message })
  }

  const reconcile = async (key: string): Promise<void> => {
    const pod = pods.cache.get(key)
    if (pod === undefined) return
    const plan = planBinding(pod, nodes.cache.list(), storage)
    if (plan.type === 'bind') await bind(pod, plan.node)
    if (plan.type === 'unschedulable' && plan.news) await report(pod, plan.message)
  }

  const reconciler = createReconciler({ ...context, name, reconcile })
  pods.subscribe(({ type, object }) => {
    if (type !== 'deleted' && !isScheduled(object)) reconciler.enqueue(objectKey(object.metadata))
  })
  nodes.subscribe((change) => {
    // A heartbeat in the status opens no new place.
    const same =
      change.type === 'modified' &&
      jsonEqual(change.object.spec, change.previous.spec) &&
      jsonEqual(change.object.metadata.labels, change.previous.metadata.labels)
    if (same) return
    for (const pod of pods.cache.list()) if (!isScheduled(pod)) reconciler.enqueue(objectKey(pod.metadata))
  })
  claims.subscribe(({ object }) => {
    for (const pod of pods.cache.list(object.metadata.namespace)) {
      if (!isScheduled(pod) && (pod.spec.volumes ?? []).length > 0)
        reconciler.enqueue(objectKey(pod.metadata))
    }
  })
  return { name, run: reconciler.run }
}
