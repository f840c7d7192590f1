/** What App Mesh's controller refuses in its other kinds. */
import { jsonEqual } from '../../primitives/json-value.ts'
import { duplicate, forbidden, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { present, when } from '../istio/when.ts'
import type { Findings } from '../istio/when.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type {
  AppMeshObject,
  Listener,
  VirtualGateway,
  VirtualNode,
  VirtualRouter,
  VirtualService,
} from './app-mesh-objects.ts'
import { validateHttpMatch } from './validate-matches.ts'

/** Metadata, and what no update may change. */
export const validateCommon = (object: AppMeshObject, old: AppMeshObject | undefined): Findings => [
  ...validateMetadata(object),
  ...(['awsName', 'meshRef'] as const).flatMap((field) =>
    when(
      old !== undefined && !jsonEqual(object.spec?.[field] ?? null, old.spec?.[field] ?? null),
      forbidden(`spec.${field}`, `${object.kind} update may not change these fields: spec.${field}`),
    ),
  ),
]

const validateListeners = (listeners: readonly Listener[] | undefined, kind: string): Findings =>
  itemsAt('spec.listeners', listeners).flatMap(({ path, value }) => {
    const pools = Object.keys(value.connectionPool ?? {})
    return when(
      pools.length > 1,
      forbidden(
        child(path, 'connectionPool'),
        `Only one type of ${kind} Connection Pool is allowed; keep one of ${pools.join(', ')}`,
      ),
    )
  })

const validateBackends = ({ metadata, spec }: VirtualNode): Findings => {
  const backends = spec?.backends ?? []
  const identities = backends.map(({ virtualService: { virtualServiceRef: ref, virtualServiceARN } }) =>
    ref === undefined
      ? (virtualServiceARN ?? '')
      : `${ref.namespace ?? metadata.namespace ?? ''}/${ref.name}`,
  )
  return itemsAt('spec.backends', backends).flatMap(({ path, index }) => {
    const own = identities[index] ?? ''
    return when(
      own !== '' && identities.indexOf(own) < index,
      duplicate(path, own, 'the same VirtualService is listed above'),
    )
  })
}

export const validateVirtualNode = (node: VirtualNode, old?: VirtualNode): Findings => {
  const { listeners, serviceDiscovery } = node.spec ?? {}
  const before = old?.spec?.serviceDiscovery?.awsCloudMap
  return [
    ...when(
      listeners !== undefined && serviceDiscovery === undefined,
      required(
        'spec.serviceDiscovery',
        'ServiceDiscovery must be specified when a listener is specified; write dns: {hostname: …} or awsCloudMap: {…}',
      ),
    ),
    ...when(
      before !== undefined && !jsonEqual(serviceDiscovery?.awsCloudMap ?? null, before),
      forbidden(
        'spec.serviceDiscovery.awsCloudMap',
        'VirtualNode update may not change these fields: spec.serviceDiscovery.awsCloudMap',
      ),
    ),
    ...validateBackends(node),
    ...validateListeners(listeners, 'Virtual Node'),
  ]
}

export const validateVirtualGateway = ({ spec }: VirtualGateway): Findings =>
  validateListeners(spec?.listeners, 'Virtual Gateway')

const ROUTES = ['grpcRoute', 'httpRoute', 'http2Route', 'tcpRoute'] as const

export const validateVirtualRouter = ({ spec }: VirtualRouter): Findings => {
  const routes = spec?.routes ?? []
  return itemsAt('spec.routes', routes).flatMap(({ path, value, index }) => {
    const set = ROUTES.filter((type) => value[type] !== undefined)
    return [
      ...when(
        routes.findIndex(({ name }) => name === value.name) < index,
        duplicate(child(path, 'name'), value.name, 'the router has duplicate route entries of this name'),
      ),
      ...when(set.length === 0, required(path, `a route is one of ${ROUTES.join(', ')}`)),
      ...when(set.length > 1, forbidden(path, `a route is one of ${set.join(', ')}; keep one`)),
      ...present(value.httpRoute, ({ match }) =>
        validateHttpMatch(child(path, 'httpRoute.match'), match, false),
      ),
      ...present(value.http2Route, ({ match }) =>
        validateHttpMatch(child(path, 'http2Route.match'), match, false),
      ),
    ]
  })
}

export const validateVirtualService = ({ spec }: VirtualService): Findings => {
  const { virtualNode, virtualRouter } = spec?.provider ?? {}
  return when(
    virtualNode !== undefined && virtualRouter !== undefined,
    forbidden('spec.provider', 'a provider is a virtualNode or a virtualRouter; keep one of them'),
  )
}
