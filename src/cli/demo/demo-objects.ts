/** The objects of a demo: read from the examples, applied, waited for, and deleted. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterClient } from '../../cluster/cluster-client.ts'
import type { ResourceRef } from '../../machinery/ports.ts'
import { parseManifests } from '../../manifests/parse-manifests.ts'
import { CodedError } from '../../primitives/coded-error.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import { allKinds, findKindByName } from '../../resources/all-kinds.ts'
import type { Deployment } from '../../resources/apps/deployment.ts'
import type { Gateway } from '../../resources/istio/gateway.ts'
import type { VirtualService } from '../../resources/istio/virtual-service.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import type { Demo } from './demos.ts'

const namespaces: ResourceRef = { group: '', version: 'v1', plural: 'namespaces' }
const deployments: ResourceRef = { group: 'apps', version: 'v1', plural: 'deployments' }
const networking = (plural: string): ResourceRef => ({ group: 'networking.istio.io', version: 'v1', plural })

/** Marks the namespaces that belong to a demo. */
const label = 'weft-demo'

/** `file.yaml#Kind` names the objects of one kind alone. */
const readFileObjects = async (directory: string, file: string): Promise<readonly KubeObject[]> => {
  const [path = '', kind] = file.split('#')
  const { objects, errors } = parseManifests(await readFile(join(directory, path), 'utf8'), path)
  const [error] = errors
  if (error !== undefined) throw new CodedError('manifest-invalid', `${path}: ${error.message}`)
  return objects.map(({ object }) => object).filter((object) => kind === undefined || object.kind === kind)
}

export const readDemoObjects = async (directory: string, demo: Demo): Promise<readonly KubeObject[]> => {
  const files = await Promise.all(demo.files.map((file) => readFileObjects(directory, file)))
  return files.flat().filter(({ kind }) => kind !== 'Namespace')
}

const applyObject = async (client: ClusterClient, object: KubeObject, namespace: string): Promise<void> => {
  const [group, version] = object.apiVersion.includes('/')
    ? object.apiVersion.split('/')
    : ['', object.apiVersion]
  const kind = findKindByName(allKinds, group ?? '', object.kind)
  if (kind === undefined) throw new CodedError('demo-kind', `the cluster serves no ${object.kind}`)
  const where = kind.namespaced ? { namespace: object.metadata.namespace ?? namespace } : {}
  const body = { ...object, metadata: { ...object.metadata, ...where } } as unknown as JsonObject
  const resource = { group: kind.group, version: version ?? 'v1', plural: kind.plural }
  const name = { name: object.metadata.name, ...where }
  await client.patch(resource, name, { kind: 'apply', body, fieldManager: 'weft-demo', force: true })
}

/** Makes the namespace of the demo; one that is there and no demo's is not touched. */
const ensureNamespace = async (
  client: ClusterClient,
  { name, namespace }: Demo,
  signal: AbortSignal,
): Promise<void> => {
  const found = await client.get<KubeObject>(namespaces, { name: namespace }, signal)
  if (found !== undefined && found.metadata.labels?.[label] !== name)
    throw new CodedError(
      'demo-namespace-taken',
      `the demo makes a namespace ${namespace} of its own, and there is one already; delete it first: kubectl delete namespace ${namespace}`,
    )
  const metadata = { name: namespace, labels: { [label]: name, 'istio-injection': 'enabled' } }
  await applyObject(client, { apiVersion: 'v1', kind: 'Namespace', metadata }, namespace)
}

/** A Gateway for every host is one for the whole cluster: another one would answer in the demo's place. */
const refuseSecondGateway = async (
  client: ClusterClient,
  demo: Demo,
  objects: readonly KubeObject[],
  signal: AbortSignal,
): Promise<void> => {
  const isForAll = (object: KubeObject): boolean =>
    object.kind === 'Gateway' &&
    ((object as Gateway).spec.servers ?? []).some(({ hosts }) => hosts?.some((host) => host === '*'))
  if (!objects.some(isForAll)) return
  const { items } = await client.list<Gateway>(networking('gateways'), {}, signal)
  const other = items.find(
    (one) => isForAll({ ...one, kind: 'Gateway' }) && one.metadata.namespace !== demo.namespace,
  )
  if (other === undefined) return
  const { namespace, name } = other.metadata
  throw new CodedError(
    'demo-gateway-taken',
    `Gateway ${namespace}/${name} answers for every host already; delete it first: kubectl delete gateway ${name} -n ${namespace}`,
  )
}

export const applyDemo = async (
  client: ClusterClient,
  demo: Demo,
  objects: readonly KubeObject[],
  signal: AbortSignal,
): Promise<void> => {
  await refuseSecondGateway(client, demo, objects, signal)
  await ensureNamespace(client, demo, signal)
  for (const object of objects) await applyObject(client, object, demo.namespace)
}

/** Asks again until it is so; what is missing is told when it takes too long. */
const until = async (
  missing: () => Promise<string | undefined>,
  seconds: number,
  signal: AbortSignal,
): Promise<void> => {
  const end = performance.now() + seconds * 1000
  for (;;) {
    const what = await missing()
    if (what === undefined) return
    if (performance.now() > end) throw new CodedError('demo-not-ready', `after ${seconds} s ${what}`)
    await sleep(200, undefined, { signal })
  }
}

const patience = 120

/** Every Deployment is available, and every proxy has the demo's rules. */
export const awaitDemo = async (
  client: ClusterClient,
  { namespace, virtualService }: Demo,
  signal: AbortSignal,
): Promise<void> => {
  await until(
    async () => {
      const { items } = await client.list<Deployment>(deployments, { namespace }, signal)
      const late = items.find(({ spec, status }) => (status?.availableReplicas ?? 0) < (spec.replicas ?? 1))
      return late === undefined ? undefined : `Deployment ${late.metadata.name} is not available`
    },
    patience,
    signal,
  )
  await until(
    async () => {
      const route = await readRoute(client, { namespace, virtualService }, signal)
      const conditions = (route as { readonly status?: { readonly conditions?: readonly KnownCondition[] } })
        .status?.conditions
      const found = conditions?.find(({ type }) => type === 'Programmed')
      const isNew = found?.observedGeneration === route.metadata.generation
      return isNew && found?.status === 'True'
        ? undefined
        : `VirtualService ${virtualService} is not Programmed: ${found?.message ?? 'nothing is said yet'}`
    },
    patience,
    signal,
  )
}

interface KnownCondition {
  readonly type: string
  readonly status: string
  readonly message?: string
  readonly observedGeneration?: number
}

/** The VirtualService as it is now. */
export const readRoute = async (
  client: ClusterClient,
  { namespace, virtualService }: Pick<Demo, 'namespace' | 'virtualService'>,
  signal: AbortSignal,
): Promise<VirtualService> => {
  const route = await client.get<VirtualService>(
    networking('virtualservices'),
    { namespace, name: virtualService },
    signal,
  )
  if (route === undefined) throw new CodedError('demo-not-ready', `VirtualService ${virtualService} is gone`)
  return route
}

/** Deletes the namespace and waits until nothing of it is left. */
export const removeDemo = async (
  client: ClusterClient,
  { namespace }: Demo,
  signal: AbortSignal,
): Promise<void> => {
  await client.delete(namespaces, { name: namespace })
  await until(
    async () =>
      (await client.get(namespaces, { name: namespace }, signal)) === undefined
        ? undefined
        : `namespace ${namespace} is still there`,
    patience,
    signal,
  )
}
