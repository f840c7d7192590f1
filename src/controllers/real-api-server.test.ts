/** The controllers over the real API server and client, in one process and over a Unix socket. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import * as http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { systemClock as clock } from '../app/system-clock.ts'
import { createApiServer } from '../apiserver/api-server.ts'
import { defaultServiceAccount } from '../apiserver/service-account-admission.ts'
import { createServiceAddresses } from '../apiserver/service-addresses.ts'
import { type ClusterClient, connectCluster } from '../cluster/cluster-client.ts'
import { allKinds } from '../resources/all-kinds.ts'
import type { Deployment } from '../resources/apps/deployment.ts'
import type { ReplicaSet } from '../resources/apps/replica-set.ts'
import type { Pod } from '../resources/core/pod.ts'
import type { ReplicationController } from '../resources/core/replication-controller.ts'
import type { Service } from '../resources/core/service.ts'
import type { EndpointSlice } from '../resources/discovery/endpoint-slice.ts'
import type { CustomResourceDefinition } from '../resources/apiextensions/custom-resource-definition.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { schemaLibrary } from '../resources/schema-library.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import { type ControlledKind, resources } from './controller-context.ts'
import { startControllers } from './start-controllers.ts'

const endings: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
})

const start = async (): Promise<{ readonly client: ClusterClient; readonly logged: string[] }> => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-controllers-'))
  const socketPath = join(folder, 'api.sock')
  const logged: string[] = []
  const log = (message: string, fields?: Record<string, unknown>): void => {
    logged.push(`${message} ${JSON.stringify(fields)}`)
  }
  const store = createMemoryStore()
  const none = (): Promise<never> => Promise.reject(new Error('there is no node'))
  const api = createApiServer({
    store,
    kinds: allKinds,
    schemaLibrary,
    mutators: [
      defaultServiceAccount,
      createServiceAddresses({ store, clock, serviceRange: '10.96.0.0/16' }).mutator,
    ],
    validators: [],
    connectNode: none,
    connectPod: none,
    tokens: { issuer: '', sign: () => '', identify: () => undefined },
    clock,
    identifiers: { uid: randomUUID, nameSuffix: () => Math.random().toString(36).slice(2, 7).padEnd(5, 'x') },
    version: { major: '1', minor: '32', gitVersion: 'v1.32.0' },
    log,
  })
  const server = http.createServer((request, response) =>
    api.handleRequest(request, response, { name: 'system', groups: ['system:masters'] }),
  )
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  const client = connectCluster({ socketPath })
  const abort = new AbortController()
  const controlled = ({ group, kind, plural, namespaced, versions }: Kind): ControlledKind => ({
    group,
    kind,
    plural,
    namespaced,
    version: versions[0] ?? 'v1',
  })
  const customKinds = {
    subscribe: api.customKinds.subscribe,
    current: () =>
      api.customKinds.current().map((definition) => ({
        ...definition,
        kind: definition.kind === undefined ? undefined : controlled(definition.kind),
      })),
  }
  const config = {
    kinds: allKinds.map(controlled),
    customKinds,
    loadBalancerRange: '127.8.0.0/24',
    rootCertificate: 'PEM',
  }
  const done = startControllers({ cluster: client, clock, random: Math.random, config, log }, abort.signal)
  endings.push(async () => {
    abort.abort()
    await done
    client.close()
    await api.close()
    server.closeAllConnections()
    server.close()
    await store.close()
    rmSync(folder, { recursive: true })
  })
  await client.create(resources.nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'weft' } })
  kubelet(client)
  return { client, logged }
}

/** Plays the node: bound pods get an address and are ready; what is deleted goes. */
const kubelet = (client: ClusterClient): void => {
  const abort = new AbortController()
  let next = 1
  const serve = async (pod: Pod): Promise<void> => {
    if (pod.metadata.deletionTimestamp !== undefined) {
      await client.delete(resources.pods, pod.metadata, { gracePeriodSeconds: 0 }).catch(() => {})
      return
    }
    if (!pod.spec.nodeName || pod.status?.podIP) return
    next += 1
    const lastTransitionTime = new Date().toISOString().replace(/\.\d+Z/, 'Z')
    const ready = { type: 'Ready', status: 'True' as const, lastTransitionTime }
    const conditions = [...(pod.status?.conditions ?? []), ready]
    const status = { ...pod.status, phase: 'Running' as const, podIP: `10.244.0.${next}`, conditions }
    await client.update(resources.pods, { ...pod, status }, { subresource: 'status' }).catch(() => {})
  }
  const loop = async (): Promise<void> => {
    const { items, resourceVersion } = await client.list<Pod>(resources.pods, {})
    for (const pod of items) await serve(pod)
    for await (const event of client.watch<Pod>(resources.pods, { resourceVersion }, abort.signal)) {
      if (event.type !== 'BOOKMARK' && event.type !== 'DELETED') await serve(event.object)
    }
  }
  const done = loop()
  endings.push(async () => {
    abort.abort()
    await done
  })
}

const eventually = async (expectation: () => Promise<void>): Promise<void> => {
  for (let left = 800; ; left -= 1) {
    try {
      await expectation()
      return
    } catch (error) {
      if (left === 0) throw error
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

const deployment = (image: string, replicas = 3): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'app', image, ports: [{ name: 'http', containerPort: 8080 }] }] },
    },
  },
})

const service: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    type: 'LoadBalancer',
    selector: { app: 'web' },
    ports: [{ name: 'http', port: 80, targetPort: 'http' }],
  },
}

const name = { namespace: 'default', name: 'web' }

test('from apply to endpoints, through a rolling update, to nothing left', async () => {
  const { client, logged } = await start()
  await eventually(async () => {
    expect(
      await client.get(resources.serviceAccounts, { namespace: 'default', name: 'default' }),
    ).toBeDefined()
  })
  await client.create(resources.services, service)
  await client.create(resources.deployments, deployment('web:1'))
  const settled = async (image: string): Promise<void> => {
    const found = await client.get<Deployment>(resources.deployments, name)
    expect(found?.status).toMatchObject({ replicas: 3, updatedReplicas: 3, availableReplicas: 3 })
    const { items } = await client.list<Pod>(resources.pods, { namespace: 'default' })
    expect(items.map(({ spec }) => spec.containers[0]?.image)).toEqual([image, image, image])
  }
  await eventually(() => settled('web:1'))
  await eventually(async () => {
    const { items } = await client.list<EndpointSlice>(resources.endpointSlices, { namespace: 'default' })
    const ours = items.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'web')
    expect(ours.map(({ endpoints, ports }) => [endpoints.length, ports?.[0]?.port])).toEqual([[3, 8080]])
  })
  const found = await client.get<Service>(resources.services, name)
  expect(found?.status?.loadBalancer?.ingress?.[0]?.ip).toBe('127.8.0.1')
  const body = { spec: { template: { spec: { containers: [{ name: 'app', image: 'web:2' }] } } } }
  await client.patch(resources.deployments, name, { kind: 'strategic', body })
  await eventually(() => settled('web:2'))
  const sets = await client.list<ReplicaSet>(resources.replicaSets, { namespace: 'default' })
  expect(
    sets.items
      .map(
        ({ spec, metadata }) =>
          `${spec.replicas} in revision ${metadata.annotations?.['deployment.kubernetes.io/revision']}`,
      )
      .toSorted(),
  ).toEqual(['0 in revision 1', '3 in revision 2'])
  // At rest nothing is written: two looks at the whole state are equal.
  const look = async (): Promise<string> => (await client.list(resources.replicaSets, {})).resourceVersion
  await eventually(async () => {
    const before = await look()
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(await look()).toBe(before)
  })
  await client.delete(resources.deployments, name, { propagationPolicy: 'Foreground' })
  await client.delete(resources.services, name)
  await eventually(async () => {
    for (const resource of [
      resources.deployments,
      resources.replicaSets,
      resources.pods,
      resources.endpointSlices,
      resources.endpoints,
    ]) {
      expect((await client.list(resource, { namespace: 'default' })).items).toEqual([])
    }
  })
  expect(logged.filter((line) => line.includes('failed'))).toEqual([])
})

test('a namespace goes with all that is in it', async () => {
  const { client } = await start()
  await client.create(resources.namespaces, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop' },
  })
  const web = deployment('web:1')
  await eventually(async () => {
    expect(await client.get(resources.serviceAccounts, { namespace: 'shop', name: 'default' })).toBeDefined()
  })
  await client.create(resources.deployments, { ...web, metadata: { name: 'web', namespace: 'shop' } })
  await eventually(async () => {
    expect((await client.list(resources.pods, { namespace: 'shop' })).items.length).toBe(3)
  })
  await client.delete(resources.namespaces, { name: 'shop' })
  await eventually(async () => {
    expect(await client.get<KubeObject>(resources.namespaces, { name: 'shop' })).toBeUndefined()
    expect((await client.list(resources.pods, { namespace: 'shop' })).items).toEqual([])
  })
})

const widgets = { group: 'example.com', version: 'v1', plural: 'widgets' }

const definition: CustomResourceDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
}

const widget = (name: string, metadata: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name, namespace: 'default', ...metadata },
})

test('custom resources own and are owned, end with their namespace, and with their definition', async () => {
  const { client } = await start()
  await client.create(resources.namespaces, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'other' },
  })
  await eventually(async () => {
    expect(await client.get(resources.namespaces, { name: 'default' })).toBeDefined()
  })
  await client.create(resources.definitions, definition)
  const owner = await client.create(widgets, widget('owner'))
  const ownerReferences = [
    { apiVersion: 'example.com/v1', kind: 'Widget', name: 'owner', uid: owner.metadata.uid ?? '' },
  ]
  await client.create(widgets, widget('owned', { ownerReferences }))
  await client.create(resources.configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'owned', namespace: 'default', ownerReferences },
  })
  await client.create(widgets, widget('elsewhere', { namespace: 'other' }))

  await client.delete(widgets, owner.metadata)
  await eventually(async () => {
    expect(await client.get(widgets, { namespace: 'default', name: 'owned' })).toBeUndefined()
    expect(await client.get(resources.configMaps, { namespace: 'default', name: 'owned' })).toBeUndefined()
  })
  await client.delete(resources.namespaces, { name: 'other' })
  await eventually(async () => {
    expect(await client.get(resources.namespaces, { name: 'other' })).toBeUndefined()
  })
  expect((await client.list(widgets, {})).items).toEqual([])

  await client.create(widgets, widget('last', { finalizers: ['example.com/held'] }))
  await client.delete(resources.definitions, definition.metadata)
  await eventually(async () => {
    const last = await client.get(widgets, { namespace: 'default', name: 'last' })
    expect(last?.metadata.deletionTimestamp).toBeDefined()
  })
  const held = await client.get(widgets, { namespace: 'default', name: 'last' })
  await client.update(widgets, { ...widget('last'), metadata: { ...held!.metadata, finalizers: [] } })
  await eventually(async () => {
    expect(await client.get(resources.definitions, definition.metadata)).toBeUndefined()
  })
  await expect(client.list(widgets, {})).rejects.toMatchObject({ status: { code: 404 } })

  await client.create(resources.definitions, definition)
  expect((await client.list(widgets, {})).items).toEqual([])
})

test('a ReplicationController keeps pods too, by labels that it takes from its template', async () => {
  const { client, logged } = await start()
  await eventually(async () => {
    expect(
      await client.get(resources.serviceAccounts, { namespace: 'default', name: 'default' }),
    ).toBeDefined()
  })
  const template = {
    metadata: { labels: { app: 'old' } },
    spec: { containers: [{ name: 'app', image: 'old:1' }] },
  }
  const controller: ReplicationController = {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'web', namespace: 'default' },
    spec: { replicas: 2, template },
  }
  const created = await client.create(resources.replicationControllers, controller)
  expect(created).toMatchObject({ metadata: { labels: { app: 'old' } }, spec: { selector: { app: 'old' } } })
  const settled = async (replicas: number): Promise<void> => {
    const found = await client.get<ReplicationController>(resources.replicationControllers, name)
    expect(found?.status).toMatchObject({ replicas, readyReplicas: replicas })
    expect(found?.spec.selector).toEqual({ app: 'old' })
    const { items } = await client.list<Pod>(resources.pods, { namespace: 'default' })
    expect(items.map(({ metadata }) => metadata.ownerReferences?.[0]?.kind)).toEqual(
      Array.from({ length: replicas }, () => 'ReplicationController'),
    )
  }
  await eventually(() => settled(2))
  const body = { spec: { replicas: 3 } }
  await client.patch(resources.replicationControllers, name, { kind: 'merge', body })
  await eventually(() => settled(3))
  expect(logged.filter((line) => line.includes('replication-controller'))).toEqual([])
})
