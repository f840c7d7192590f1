/** A mesh of many services, written through the API without pods: as large meshes look to a control plane. */
import type { ClusterClient } from '../src/cluster/cluster-client.ts'
import type { ResourceRef } from '../src/machinery/ports.ts'
import type { JsonObject } from '../src/primitives/json-value.ts'
import type { KubeObject } from '../src/resources/kube-object.ts'

export const namespace = 'default'
export const port = 8080
export const serviceName = (index: number): string => `svc-${index}`

const networking = (plural: string): ResourceRef => ({ group: 'networking.istio.io', version: 'v1', plural })
export const virtualServices: ResourceRef = networking('virtualservices')
const destinationRules: ResourceRef = networking('destinationrules')
export const endpointSlices: ResourceRef = {
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
}
const services: ResourceRef = { group: '', version: 'v1', plural: 'services' }

type Fields = JsonObject
const object = (apiVersion: string, kind: string, name: string, fields: Fields): KubeObject & Fields => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  ...fields,
})

const serviceOf = (name: string): KubeObject =>
  object('v1', 'Service', name, {
    // Without a selector: nobody but this benchmark writes its endpoints.
    spec: { ports: [{ name: 'http', port, protocol: 'TCP', targetPort: port }] },
  })

/** Addresses of the pods' range that no pod of the benchmark has; `shift` changes the last one. */
export const endpointsOf = (index: number, count: number, shift = 0): readonly Fields[] =>
  Array.from({ length: count }, (_, place) => {
    const number = index * 16 + place + (place === count - 1 ? shift : 0)
    const address = `10.244.${128 + ((number >> 8) & 127)}.${number & 255}`
    return { addresses: [address], conditions: { ready: true, serving: true, terminating: false } }
  })

const sliceOf = (index: number, endpoints: number): KubeObject => {
  const name = serviceName(index)
  const slice = object('discovery.k8s.io/v1', 'EndpointSlice', name, {
    addressType: 'IPv4',
    endpoints: endpointsOf(index, endpoints),
    ports: [{ name: 'http', port, protocol: 'TCP' }],
  })
  return { ...slice, metadata: { ...slice.metadata, labels: { 'kubernetes.io/service-name': name } } }
}

const destinationRuleOf = (name: string): KubeObject =>
  object('networking.istio.io/v1', 'DestinationRule', name, {
    spec: {
      host: name,
      trafficPolicy: { loadBalancer: { simple: 'ROUND_ROBIN' } },
      subsets: ['v1', 'v2'].map((version) => ({ name: version, labels: { version } })),
    },
  })

export const weightedHttp = (name: string, first: number): readonly Fields[] => [
  {
    route: [
      { destination: { host: name, subset: 'v1', port: { number: port } }, weight: first },
      { destination: { host: name, subset: 'v2', port: { number: port } }, weight: 100 - first },
    ],
  },
]

const virtualServiceOf = (name: string): KubeObject =>
  object('networking.istio.io/v1', 'VirtualService', name, {
    spec: { hosts: [name], http: weightedHttp(name, 90) },
  })

/** Runs the tasks, so many at a time. */
const inParallel = async (width: number, tasks: readonly (() => Promise<unknown>)[]): Promise<void> => {
  const queue = tasks.values()
  const worker = async (): Promise<void> => {
    for (const task of queue) await task()
  }
  await Promise.all(Array.from({ length: width }, worker))
}

/** Creates `count` services, each with so many endpoints, a DestinationRule with two subsets and a VirtualService. */
export const createLargeMesh = (
  cluster: ClusterClient,
  count: number,
  endpointsEach: number,
): Promise<void> => {
  const indexes = Array.from({ length: count }, (_, index) => index)
  return inParallel(
    16,
    indexes.flatMap((index) => {
      const name = serviceName(index)
      return [
        () => cluster.create(services, serviceOf(name)),
        () => cluster.create(endpointSlices, sliceOf(index, endpointsEach)),
        () => cluster.create(destinationRules, destinationRuleOf(name)),
        () => cluster.create(virtualServices, virtualServiceOf(name)),
      ]
    }),
  )
}
