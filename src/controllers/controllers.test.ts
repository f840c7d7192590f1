import { expect, test } from 'vitest'
import { ApiError } from '../machinery/api-error.ts'
import type { Deployment } from '../resources/apps/deployment.ts'
import type { ReplicaSet } from '../resources/apps/replica-set.ts'
import type { Pod } from '../resources/core/pod.ts'
import type { Service } from '../resources/core/service.ts'
import type { EndpointSlice } from '../resources/discovery/endpoint-slice.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { resources } from './controller-context.ts'
import { eventually, get, kubelet, messages, node, run, start } from './controllers-rig.conformance.ts'
import { createInMemoryCluster, type InMemoryCluster } from './in-memory-cluster.conformance.ts'

const deployment = (
  name: string,
  replicas: number,
  image: string,
  spec: Partial<Deployment['spec']> = {},
): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'app', image, ports: [{ name: 'http', containerPort: 8080 }] }] },
    },
    ...spec,
  },
})

const settled = async (cluster: InMemoryCluster, name: string, replicas: number): Promise<void> => {
  const { status, metadata } = await get<Deployment>(cluster, resources.deployments, name)
  expect(status).toMatchObject({
    observedGeneration: metadata.generation,
    replicas,
    updatedReplicas: replicas,
    availableReplicas: replicas,
  })
  expect(status?.conditions?.find(({ type }) => type === 'Progressing')?.reason).toBe(
    'NewReplicaSetAvailable',
  )
}

test('a Deployment becomes ready pods, with the events that kubectl describe shows', async () => {
  const cluster = await start()
  await cluster.create(resources.deployments, deployment('web', 3, 'web:1'))
  await eventually(() => settled(cluster, 'web', 3))
  const [set] = cluster.all<ReplicaSet>(resources.replicaSets)
  expect(set!.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5,10}$/)
  expect(set!.metadata.annotations).toMatchObject({
    'deployment.kubernetes.io/revision': '1',
    'deployment.kubernetes.io/desired-replicas': '3',
    'deployment.kubernetes.io/max-replicas': '4',
  })
  expect(cluster.all(resources.pods).length).toBe(3)
  const found = await get<Deployment>(cluster, resources.deployments, 'web')
  expect(found.metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' })
  await eventually(() =>
    expect(messages(cluster, 'ScalingReplicaSet')).toEqual([
      `Scaled up replica set ${set!.metadata.name} from 0 to 3`,
    ]),
  )
  await eventually(() => expect(messages(cluster, 'SuccessfulCreate').length).toBe(3))
  await eventually(() => expect(messages(cluster, 'Scheduled').length).toBe(3))
  expect(cluster.logged.filter((line) => line.startsWith('reconcile failed'))).toEqual([])
})

test('a rolling update ends with the new template alone; undo brings back the old set under a new revision', async () => {
  const cluster = await start()
  await cluster.create(resources.deployments, deployment('web', 4, 'web:1'))
  await eventually(() => settled(cluster, 'web', 4))
  const roll = async (image: string): Promise<void> => {
    await eventually(async () => {
      const found = await get<Deployment>(cluster, resources.deployments, 'web')
      await cluster.update(resources.deployments, { ...found, spec: deployment('web', 4, image).spec })
    })
    await eventually(() => settled(cluster, 'web', 4))
    await eventually(() =>
      expect(cluster.all<Pod>(resources.pods).map(({ spec }) => spec.containers[0]?.image)).toEqual(
        Array(4).fill(image),
      ),
    )
  }
  await roll('web:2')
  await roll('web:1')
  const revisions = cluster
    .all<ReplicaSet>(resources.replicaSets)
    .map(({ metadata, spec }) => [
      spec.template?.spec.containers[0]?.image,
      spec.replicas,
      metadata.annotations?.['deployment.kubernetes.io/revision'],
      metadata.annotations?.['deployment.kubernetes.io/revision-history'],
    ])
  expect(revisions).toEqual([
    ['web:1', 4, '3', '1'],
    ['web:2', 0, '2', undefined],
  ])
})

test('a broken new version leaves enough of the old one', async () => {
  const cluster = await start()
  await cluster.create(resources.deployments, deployment('web', 4, 'web:1'))
  await eventually(() => settled(cluster, 'web', 4))
  const found = await get<Deployment>(cluster, resources.deployments, 'web')
  await cluster.update(resources.deployments, { ...found, spec: deployment('web', 4, 'broken').spec })
  await eventually(() => {
    const images = cluster.all<Pod>(resources.pods).map(({ spec }) => spec.containers[0]?.image)
    expect(images.filter((image) => image === 'web:1').length).toBe(3)
    expect(images.filter((image) => image === 'broken').length).toBe(2)
  })
})

test('a Recreate Deployment starts nothing before the old pods are gone', async () => {
  const cluster = await start()
  cluster.graceful = true
  const spec = { strategy: { type: 'Recreate' } } as const
  await cluster.create(resources.deployments, deployment('web', 2, 'web:1', spec))
  await eventually(() => settled(cluster, 'web', 2))
  const found = await get<Deployment>(cluster, resources.deployments, 'web')
  await cluster.update(resources.deployments, { ...found, spec: deployment('web', 2, 'web:2', spec).spec })
  await eventually(() =>
    expect(
      cluster.all<Pod>(resources.pods).every(({ metadata }) => metadata.deletionTimestamp !== undefined),
    ).toBe(true),
  )
  const old = cluster.all<Pod>(resources.pods)
  expect(old.length).toBe(2)
  cluster.finish(resources.pods, `default/${old[0]!.metadata.name}`)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(cluster.all(resources.pods).length).toBe(1)
  cluster.finish(resources.pods, `default/${old[1]!.metadata.name}`)
  await eventually(() => settled(cluster, 'web', 2))
})

test('a Service gets endpoints by named port, and loses what terminates', async () => {
  const cluster = await start()
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
  await cluster.create(resources.services, service)
  await eventually(() =>
    expect(cluster.all<EndpointSlice>(resources.endpointSlices).map(({ endpoints }) => endpoints)).toEqual([
      [],
    ]),
  )
  await cluster.create(resources.deployments, deployment('web', 2, 'web:1'))
  const slices = (): EndpointSlice[] => cluster.all<EndpointSlice>(resources.endpointSlices)
  await eventually(() => {
    expect(slices().map(({ ports }) => ports)).toEqual([[{ name: 'http', port: 8080, protocol: 'TCP' }]])
    expect(slices()[0]!.endpoints.map(({ conditions }) => conditions)).toEqual(
      Array(2).fill({ ready: true, serving: true, terminating: false }),
    )
  })
  expect(
    (await get<Service>(cluster, resources.services, 'web')).status?.loadBalancer?.ingress?.[0]?.ip,
  ).toBe('127.8.0.1')
  cluster.graceful = true
  const [pod] = cluster.all<Pod>(resources.pods)
  await cluster.delete(resources.pods, pod!.metadata)
  await eventually(() => {
    const states = slices()[0]!.endpoints.map(
      ({ conditions }) => `${conditions?.ready} ${conditions?.terminating}`,
    )
    expect(states.toSorted()).toEqual(['false true', 'true false', 'true false'])
  })
  await eventually(async () => {
    const legacy = await cluster.get<KubeObject & { subsets: { addresses: unknown[] }[] }>(
      resources.endpoints,
      service.metadata as { name: string },
    )
    expect(legacy?.subsets.map(({ addresses }) => addresses.length)).toEqual([2])
  })
})

test('Endpoints that a user writes are mirrored to slices, until the Service selects its pods', async () => {
  const cluster = await start()
  const metadata = { name: 'database', namespace: 'default' }
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { ports: [{ name: 'tcp', port: 5432 }] },
  }
  await cluster.create(resources.services, service)
  const written = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata,
    subsets: [
      {
        addresses: [{ ip: '192.0.2.1' }, { ip: '2001:db8::1' }],
        notReadyAddresses: [{ ip: '192.0.2.2' }],
        ports: [{ name: 'tcp', port: 6432 }],
      },
    ],
  }
  await cluster.create(resources.endpoints, written)
  const mirrored = (): string[] =>
    cluster
      .all<EndpointSlice>(resources.endpointSlices)
      .filter(({ metadata: { labels } }) => labels?.['kubernetes.io/service-name'] === 'database')
      .map(({ addressType, endpoints, ports, metadata: { labels } }) => {
        const places = endpoints.map(({ addresses, conditions }) => `${addresses[0]} ${conditions?.ready}`)
        return `${addressType} ${places.join(', ')} at ${ports?.[0]?.port} by ${labels?.['endpointslice.kubernetes.io/managed-by']}`
      })
      .toSorted()
  await eventually(() =>
    expect(mirrored()).toEqual([
      'IPv4 192.0.2.1 true, 192.0.2.2 false at 6432 by endpointslicemirroring-controller.k8s.io',
      'IPv6 2001:db8::1 true at 6432 by endpointslicemirroring-controller.k8s.io',
    ]),
  )
  const stored = await get<Service>(cluster, resources.services, 'database')
  await cluster.update(resources.services, { ...stored, spec: { ...stored.spec, selector: { app: 'db' } } })
  await eventually(() =>
    expect(mirrored()).toEqual(['IPv4  at undefined by endpointslice-controller.k8s.io']),
  )
})

test('deleting an owner takes what it owns, in the background and in the foreground; orphans stay', async () => {
  const cluster = await start()
  for (const propagationPolicy of ['Background', 'Foreground', 'Orphan'] as const) {
    await cluster.create(resources.deployments, deployment('web', 2, 'web:1'))
    await eventually(() => settled(cluster, 'web', 2))
    await cluster.delete(resources.deployments, { namespace: 'default', name: 'web' }, { propagationPolicy })
    const left = propagationPolicy === 'Orphan' ? 1 : 0
    await eventually(() => {
      expect(cluster.all(resources.deployments)).toEqual([])
      expect(cluster.all(resources.replicaSets).length).toBe(left)
      expect(cluster.all(resources.pods).length).toBe(left * 2)
    })
  }
  expect(cluster.all(resources.replicaSets)[0]!.metadata.ownerReferences).toEqual([])
  // The same Deployment again adopts the orphan instead of making its own.
  await cluster.create(resources.deployments, deployment('web', 2, 'web:1'))
  await eventually(() => settled(cluster, 'web', 2))
  expect(cluster.all(resources.replicaSets).length).toBe(1)
})

test('a deleted namespace is emptied and goes; a fresh one has its account and certificate', async () => {
  const cluster = await start()
  await cluster.create(resources.namespaces, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop' },
  })
  const inShop = (resource: (typeof resources)[keyof typeof resources]): KubeObject[] =>
    cluster.all(resource).filter(({ metadata }) => metadata.namespace === 'shop')
  await eventually(() => {
    expect(inShop(resources.serviceAccounts).map(({ metadata }) => metadata.name)).toEqual(['default'])
    expect(inShop(resources.configMaps)).toMatchObject([
      { metadata: { name: 'kube-root-ca.crt' }, data: { 'ca.crt': 'PEM' } },
    ])
  })
  const web = deployment('web', 1, 'web:1')
  await cluster.create(resources.deployments, { ...web, metadata: { ...web.metadata, namespace: 'shop' } })
  await eventually(() => expect(inShop(resources.pods).length).toBe(1))
  const gone = new ApiError({
    code: 403,
    reason: 'Forbidden',
    message: 'being terminated',
    details: { causes: [{ reason: 'NamespaceTerminating', message: '' }] },
  })
  cluster.refuse = (verb, _, { metadata }) =>
    verb === 'create' && metadata.namespace === 'shop' ? gone : undefined
  await cluster.delete(resources.namespaces, { name: 'shop' })
  await eventually(() => {
    expect(
      cluster
        .all(resources.namespaces)
        .map(({ metadata }) => metadata.name)
        .toSorted(),
    ).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system'])
    for (const resource of [
      resources.pods,
      resources.deployments,
      resources.replicaSets,
      resources.configMaps,
    ]) {
      expect(inShop(resource)).toEqual([])
    }
  })
})

test('a pod that no node takes says why, and is bound when the node changes', async () => {
  const cluster = await start()
  const spec = { nodeSelector: { disk: 'tape' }, containers: [] }
  await cluster.create(resources.pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec,
  } as Pod)
  const text =
    "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
  await eventually(async () => {
    const { status } = await get<Pod>(cluster, resources.pods, 'p')
    expect(status?.conditions).toMatchObject([
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: text },
    ])
  })
  await eventually(() => expect(messages(cluster, 'FailedScheduling')).toEqual([text]))
  await cluster.patch(
    resources.nodes,
    { name: 'weft' },
    { kind: 'merge', body: { metadata: { labels: { disk: 'tape' } } } },
  )
  await eventually(async () =>
    expect((await get<Pod>(cluster, resources.pods, 'p')).spec.nodeName).toBe('weft'),
  )
})

test('controllers that are killed in the middle go on where the API says, and create nothing twice', async () => {
  const cluster = createInMemoryCluster()
  kubelet(cluster)
  await cluster.create(resources.nodes, node)
  await cluster.create(resources.deployments, deployment('web', 9, 'web:1'))
  for (let restart = 0; restart < 12; restart += 1) {
    const { stop } = run(cluster)
    await new Promise((resolve) => setTimeout(resolve, restart))
    await stop()
  }
  run(cluster)
  await eventually(() => settled(cluster, 'web', 9))
  const created = cluster.writes.filter(
    (write) => write.startsWith('create pods/') && !write.includes('binding'),
  )
  expect(cluster.all(resources.pods).length).toBe(9)
  expect(cluster.all(resources.replicaSets).length).toBe(1)
  expect(created.length).toBeGreaterThanOrEqual(9)
})

test('a refused pod is reported on the ReplicaSet and the Deployment, and tried again', async () => {
  const cluster = await start()
  const refusal = new ApiError({ code: 403, reason: 'Forbidden', message: 'exceeded quota' })
  cluster.refuse = (verb, resource, object) =>
    verb === 'create' && resource.plural === 'pods' && object.kind === 'Pod' ? refusal : undefined
  await cluster.create(resources.deployments, deployment('web', 5, 'web:1'))
  await eventually(async () => {
    const { status } = await get<Deployment>(cluster, resources.deployments, 'web')
    expect(status?.conditions?.find(({ type }) => type === 'ReplicaFailure')).toMatchObject({
      status: 'True',
      reason: 'FailedCreate',
      message: 'exceeded quota',
    })
  })
  await eventually(() =>
    expect(messages(cluster, 'FailedCreate')).toEqual(['Error creating: exceeded quota']),
  )
  cluster.refuse = () => undefined
  await eventually(() => settled(cluster, 'web', 5))
})
