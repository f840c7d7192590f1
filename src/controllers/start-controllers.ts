/** Reconcile loops: what the API says is wanted, brought about through the API alone. */
import { createEventRecorder } from '../cluster/event-recorder.ts'
import { createInformerSet, type InformerSet } from '../cluster/informer-set.ts'
import type { ClusterPort } from '../machinery/ports.ts'
import type { Clock } from '../primitives/clock.ts'
import type { Log } from '../primitives/log.ts'
import type { ControllerContext, ControllersConfig } from './controller-context.ts'
import { createCronJobController } from './cron-job/cron-job-controller.ts'
import { createDefinitionCleanupController } from './custom-resources/definition-cleanup-controller.ts'
import { createDaemonSetController } from './daemon-set/daemon-set-controller.ts'
import { createDeploymentController } from './deployment/deployment-controller.ts'
import { createEndpointsController } from './endpoints/endpoints-controller.ts'
import { createMirroringController } from './endpoints/mirroring-controller.ts'
import { createEventExpiryController } from './event-expiry-controller.ts'
import { createGarbageCollector } from './garbage/garbage-collector.ts'
import { createJobController } from './job/job-controller.ts'
import { createNamespaceContentsController } from './namespaces/namespace-contents-controller.ts'
import { createNamespaceController } from './namespaces/namespace-controller.ts'
import { createNodeLifecycleController } from './nodes/node-lifecycle-controller.ts'
import {
  createReplicaSetController,
  createReplicationController,
} from './replica-set/replica-set-controller.ts'
import { createScheduler } from './scheduling/scheduler.ts'
import { createLoadBalancerController } from './services/load-balancer-controller.ts'
import { createStatefulSetController } from './stateful-set/stateful-set-controller.ts'
import { createPersistentVolumeController } from './volumes/persistent-volume-controller.ts'

export interface ControllersOptions {
  readonly cluster: ClusterPort
  readonly clock: Clock
  /** Numbers in [0, 1). */
  readonly random: () => number
  readonly config: ControllersConfig
  readonly log: Log
  /** Informers to share with others of the same process; absent: the controllers' own. */
  readonly informers?: InformerSet
}

const factories = [
  createNamespaceContentsController,
  createDeploymentController,
  createReplicaSetController,
  createReplicationController,
  createStatefulSetController,
  createDaemonSetController,
  createJobController,
  createCronJobController,
  createPersistentVolumeController,
  createScheduler,
  createEndpointsController,
  createMirroringController,
  createLoadBalancerController,
  createNamespaceController,
  createGarbageCollector,
  createDefinitionCleanupController,
  createNodeLifecycleController,
  createEventExpiryController,
]

/**
 * Runs all controllers until `signal` is aborted; the promise resolves when the last of them has ended. They keep no
 * state outside the API: after a crash they go on from what the API says. An API that does not answer is waited for.
 */
export const startControllers = async (options: ControllersOptions, signal: AbortSignal): Promise<void> => {
  const { cluster, clock, random, config, log } = options
  const informers = options.informers ?? createInformerSet({ port: cluster, clock, random, log }, signal)
  const context: ControllerContext = {
    cluster,
    informers,
    clock,
    random,
    config,
    log,
    recorder: (component) => createEventRecorder({ port: cluster, clock, random, log, component }, signal),
  }
  const controllers = factories.map((create) => create(context, signal))
  // Decisions need the whole picture: nothing runs on half a cache.
  await informers.synced().catch(() => {})
  if (!signal.aborted) await Promise.all(controllers.map((controller) => controller.run(signal)))
  if (options.informers === undefined) await informers.done()
}
