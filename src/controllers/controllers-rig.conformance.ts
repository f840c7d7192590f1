/** All controllers on a Kubernetes API in memory, with a node that is played: for their tests. */
import { afterEach } from 'vitest'
import { systemClock as clock } from '../app/system-clock.ts'
import { allKinds } from '../resources/all-kinds.ts'
import type { Event } from '../resources/core/event.ts'
import type { Node } from '../resources/core/node.ts'
import type { Pod } from '../resources/core/pod.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { type ControlledKind, resources } from './controller-context.ts'
import { createInMemoryCluster, type InMemoryCluster } from './in-memory-cluster.conformance.ts'
import { startControllers } from './start-controllers.ts'

const kinds: readonly ControlledKind[] = allKinds
  .filter(({ group }) => !group.includes('istio'))
  .map(({ group, kind, plural, namespaced, versions }) => ({
    group,
    version: versions[0] ?? 'v1',
    kind,
    plural,
    namespaced,
  }))

const endings: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0)) await end()
})

export const run = (
  cluster: InMemoryCluster,
): { readonly stop: () => Promise<void>; readonly logged: string[] } => {
  const abort = new AbortController()
  const logged: string[] = []
  const done = startControllers(
    {
      cluster,
      clock,
      random: () => 0.5,
      config: { kinds, loadBalancerRange: '127.8.0.0/24', rootCertificate: 'PEM' },
      log: (message, fields) => logged.push(`${message} ${JSON.stringify(fields)}`),
    },
    abort.signal,
  )
  const stop = async (): Promise<void> => {
    abort.abort()
    await done
  }
  endings.push(stop)
  return { stop, logged }
}

/** Waits until the expectation holds; fails with its last failure. */
export const eventually = async (expectation: () => void | Promise<void>): Promise<void> => {
  for (let left = 400; ; left -= 1) {
    try {
      await expectation()
      return
    } catch (error) {
      if (left === 0) throw error
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

/** Plays the node: bound pods get an address and are ready, unless their image is broken. */
export const kubelet = (cluster: InMemoryCluster): void => {
  let next = 1
  const abort = new AbortController()
  const loop = async (): Promise<void> => {
    for await (const event of cluster.watch<Pod>(resources.pods, { resourceVersion: '0' }, abort.signal)) {
      if (event.type === 'BOOKMARK' || event.type === 'DELETED') continue
      const pod = event.object
      if (pod.metadata.deletionTimestamp !== undefined || !pod.spec.nodeName || pod.status?.podIP) continue
      const ready = pod.spec.containers[0]?.image === 'broken' ? ('False' as const) : ('True' as const)
      const lastTransitionTime = new Date().toISOString()
      const conditions = [
        ...(pod.status?.conditions ?? []),
        { type: 'Ready', status: ready, lastTransitionTime },
      ]
      const status = { phase: 'Running' as const, podIP: `10.244.0.${(next += 1)}`, conditions }
      await cluster.update(resources.pods, { ...pod, status }, { subresource: 'status' }).catch(() => {})
    }
  }
  const done = loop()
  endings.push(async () => {
    abort.abort()
    await done
  })
}

export const node: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'weft', labels: { disk: 'ssd' } },
}

export const start = async (): Promise<InMemoryCluster & { logged: string[] }> => {
  const cluster = createInMemoryCluster()
  kubelet(cluster)
  const { logged } = run(cluster)
  await cluster.create(resources.nodes, node)
  return Object.assign(cluster, { logged })
}

export const get = async <T extends KubeObject>(
  cluster: InMemoryCluster,
  resource: (typeof resources)[keyof typeof resources],
  name: string,
): Promise<T> => {
  const found = await cluster.get<T>(resource, { namespace: 'default', name })
  if (found === undefined) throw new Error(`${name} is not there`)
  return found
}

export const messages = (cluster: InMemoryCluster, reason: string): (string | undefined)[] =>
  cluster
    .all<Event>(resources.events)
    .filter((event) => event.reason === reason)
    .map(({ message }) => message)
