/** The pods of the node: one worker each, kept in step with the API, and what earlier node processes left behind. */
import { messageOf } from '../../primitives/coded-error.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
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
      cgroups: context.cgroups,
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

/** Tells the pods that mount a ConfigMap or Secret when it changed. */
const refreshVolumes = (
  context: NodeContext,
  workers: Workers,
  kind: 'configMaps' | 'secrets',
  { metadata }: KubeObject,
): void => {
  for (const [uid, worker] of workers.byUid) {
    if (worker.namespace !== metadata.namespace) continue
    void worker
      .refreshVolumes(kind, metadata.name)
      .catch((error: unknown) => context.log('volume not refreshed', { uid, error: messageOf(error) }))
  }
}

/** Follows ConfigMaps and Secrets only once a pod mounts one. */
const configFollower = (context: NodeContext, workers: Workers): ((pod: Pod) => void) => {
  const followed = new Set<'configMaps' | 'secrets'>()
  return (pod) => {
    const references = volumeReferences(pod.spec.volumes ?? [])
    for (const kind of ['configMaps', 'secrets'] as const) {
      if (references[kind].length === 0 || followed.has(kind)) continue
      followed.add(kind)
      context.informers.informer(resources[kind]).subscribe(({ type, object }) => {
        if (type !== 'deleted') refreshVolumes(context, workers, kind, object)
      })
    }
  }
}

/** How often volumes are looked after: tokens that end, directories that grow (kubelet's housekeeping). */
const volumePeriod = 10_000

const tendVolumes = async (context: NodeContext, workers: Workers, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await context.clock.sleep(volumePeriod, signal).catch(() => undefined)
    for (const [uid, worker] of workers.byUid) {
      await worker
        .tendVolumes()
        .catch((error: unknown) => context.log('volumes not tended', { uid, error: messageOf(error) }))
    }
  }
}

/** Runs the node's pods until `signal` aborts; running containers stay. */
export const runPods = async (context: NodeContext, signal: AbortSignal): Promise<void> => {
  const workers: Workers = { byUid: new Map(), finished: new Set() }
  const followConfigs = configFollower(context, workers)
  context.images.onChange?.(() => {
    for (const worker of workers.byUid.values()) worker.retryImages()
  }, signal)
  const pods = context.informers.informer<Pod>(resources.pods, {
    fieldSelector: `spec.nodeName=${context.nodeName}`,
  })
  const clean = async (): Promise<void> => {
    const uids = new Set(pods.cache.list().map(uidOf))
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
  pods.subscribe(({ type, object: pod }) => {
    const uid = uidOf(pod)
    const worker = workers.byUid.get(uid)
    if (type === 'deleted') {
      workers.finished.delete(uid)
      worker?.vanish()
      return
    }
    if (pod.spec.nodeName !== context.nodeName || workers.finished.has(uid)) return
    if (worker === undefined) addWorker(context, workers, pod, signal)
    else worker.update(pod)
    followConfigs(pod)
  })
  void tendVolumes(context, workers, signal)
  await pods.synced.then(clean, () => undefined)
  await context.informers.done()
}
