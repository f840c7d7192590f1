/** The pods of the node: one worker each, kept in step with the API, and what earlier node processes left behind. */
import type { ConfigMap } from '../../resources/core/config-map.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { Secret } from '../../resources/core/secret.ts'
import { followResource, type ResourceFollower } from '../follow-resource.ts'
import { resources, type NodeContext } from '../node-context.ts'
import { volumeReferences } from '../volumes/volume-files.ts'
import { adoptContainer } from './container-process.ts'
import { containerDirectory, listPodUids, podDirectory, readAttempts } from './container-record.ts'
import { removeSandbox } from './pod-sandbox.ts'
import { PodWorker } from './pod-worker.ts'
import { readdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Ends and clears away a pod that the API does not know any more. */
const removeOrphan = async (context: NodeContext, uid: string, signal: AbortSignal): Promise<void> => {
  context.log('removing a pod that is gone from the API', { uid })
  const containers = await readdir(dirname(containerDirectory(context.directories, uid, 'x'))).catch(() => [])
  for (const name of containers) {
    const record = (await readAttempts(context.directories, uid, name)).at(-1)
    if (record === undefined) continue
    const found = await adoptContainer(uid, record, {
      directories: context.directories,
      clock: context.clock,
      signal,
    })
    if (!('init' in found)) continue
    found.signal('SIGKILL')
    await found.ended
  }
  await removeSandbox(context, uid)
}

interface Workers {
  readonly byUid: Map<string, PodWorker>
  readonly pods: Map<string, Pod>
  /** Uids whose workers have finished; the API may show them a moment longer. */
  readonly finished: Set<string>
}

const uidOf = (pod: Pod): string => pod.metadata.uid ?? ''

const addWorker = (context: NodeContext, workers: Workers, pod: Pod, signal: AbortSignal): void => {
  const uid = uidOf(pod)
  const worker = new PodWorker(context, pod, signal)
  workers.byUid.set(uid, worker)
  const run = async (): Promise<void> => {
    await worker.begin()
    await worker.finished
  }
  void run()
    .catch((error: unknown) => context.log('pod worker failed', { uid, error: messageOf(error) }))
    .finally(() => {
      workers.byUid.delete(uid)
      workers.finished.add(uid)
    })
}

const podFollower = (
  context: NodeContext,
  workers: Workers,
  onReplaced: (uids: ReadonlySet<string>) => void,
  signal: AbortSignal,
): ResourceFollower<Pod> => {
  const put = (pod: Pod): void => {
    const uid = uidOf(pod)
    if (pod.spec.nodeName !== context.nodeName || workers.finished.has(uid)) return
    workers.pods.set(uid, pod)
    const worker = workers.byUid.get(uid)
    if (worker === undefined) addWorker(context, workers, pod, signal)
    else worker.update(pod)
  }
  const remove = (pod: Pod): void => {
    const uid = uidOf(pod)
    workers.pods.delete(uid)
    workers.finished.delete(uid)
    workers.byUid.get(uid)?.vanish()
  }
  return {
    put,
    remove,
    replace: (pods) => {
      const uids = new Set(pods.map(uidOf))
      for (const pod of [...workers.pods.values()]) if (!uids.has(uidOf(pod))) remove(pod)
      for (const pod of pods) put(pod)
      onReplaced(uids)
    },
  }
}

/** Tells the pods that mount a ConfigMap or Secret when it changed; keeps nothing of the objects themselves. */
const configFollower = <T extends ConfigMap | Secret>(
  context: NodeContext,
  workers: Workers,
  kind: 'configMaps' | 'secrets',
): ResourceFollower<T> => {
  const refresh = (object: T): void => {
    for (const [uid, worker] of workers.byUid) {
      const namespace = workers.pods.get(uid)?.metadata.namespace
      if (namespace !== object.metadata.namespace) continue
      void worker
        .refreshVolumes(kind, object.metadata.name)
        .catch((error: unknown) => context.log('volume not refreshed', { uid, error: messageOf(error) }))
    }
  }
  return {
    put: refresh,
    remove: () => undefined,
    replace: (objects) => {
      for (const object of objects) refresh(object)
    },
  }
}

/** Follows ConfigMaps and Secrets only once a pod mounts one. */
const followConfigs = (context: NodeContext, workers: Workers, signal: AbortSignal) => {
  const following = new Map<'configMaps' | 'secrets', Promise<void>>()
  return {
    consider: (pod: Pod): void => {
      const references = volumeReferences(pod.spec.volumes ?? [])
      for (const kind of ['configMaps', 'secrets'] as const) {
        if (references[kind].length === 0 || following.has(kind)) continue
        const options = { read: context.cluster, clock: context.clock, log: context.log }
        following.set(
          kind,
          followResource(resources[kind], options, configFollower(context, workers, kind), signal),
        )
      }
    },
    done: (): Promise<unknown> => Promise.all(following.values()),
  }
}

/** Runs the node's pods until `signal` aborts; running containers stay. */
export const runPods = async (context: NodeContext, signal: AbortSignal): Promise<void> => {
  const workers: Workers = { byUid: new Map(), pods: new Map(), finished: new Set() }
  const configs = followConfigs(context, workers, signal)
  context.images.onChange?.(() => {
    for (const worker of workers.byUid.values()) worker.retryImages()
  }, signal)
  const orphans: Promise<void>[] = []
  const clean = async (uids: ReadonlySet<string>): Promise<void> => {
    const left = new Set([
      ...(await listPodUids(context.directories)),
      ...context.podNetwork.list().map((pod) => pod.uid),
    ])
    for (const uid of left) {
      if (uids.has(uid) || workers.byUid.has(uid)) continue
      await removeOrphan(context, uid, signal).catch((error: unknown) =>
        context.log('pod not removed', {
          uid,
          directory: podDirectory(context.directories, uid),
          error: messageOf(error),
        }),
      )
    }
  }
  const follower = podFollower(context, workers, (uids) => orphans.push(clean(uids)), signal)
  const options = {
    read: context.cluster,
    clock: context.clock,
    log: context.log,
    fieldSelector: `spec.nodeName=${context.nodeName}`,
  }
  const put = (pod: Pod): void => {
    follower.put(pod)
    configs.consider(pod)
  }
  const replace = (pods: readonly Pod[]): void => {
    follower.replace(pods)
    for (const pod of pods) configs.consider(pod)
  }
  await followResource<Pod>(resources.pods, options, { put, remove: follower.remove, replace }, signal)
  await Promise.all([...orphans, configs.done()])
}
