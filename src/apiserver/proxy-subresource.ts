/** pods/{name}:{port}/proxy and services/{name}:{port}/proxy: plain HTTP to a pod, through the API server. */
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { ApiContext, ObjectTarget } from './api-context.ts'
import { orThrow, refuse, type ApiAnswer, type ApiRequest } from './api-request.ts'
import { badRequest, pathNotFound, serviceUnavailable } from '../machinery/status-errors.ts'
import { forwardedHeaders, relayHttp } from './relay-http.ts'
import { decodeStored, keyPrefix, section } from './stored-object.ts'
import { storedOf } from './update-object.ts'

interface Backend {
  readonly address: string
  readonly port: number
}

interface NamedPort {
  readonly name: string
  readonly port: string
}

/** `istiod:15014`, `http:istiod:15014` or `istiod`: the scheme http is the only one. */
const namedPort = (text: string): NamedPort => {
  const parts = text.split(':')
  if (parts.length === 3) {
    if (parts[0] !== '' && parts[0] !== 'http') {
      refuse(badRequest(`the scheme ${parts[0] ?? ''} is not served by this proxy: write http`))
    }
    return { name: parts[1] ?? '', port: parts[2] ?? '' }
  }
  return { name: parts[0] ?? '', port: parts[1] ?? '' }
}

const objectsIn = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter((item): item is JsonObject => isJsonObject(item)) : []

const podBackend = (pod: KubeObject, port: string): Backend => {
  const address = section(pod, 'status')['podIP']
  const ports = objectsIn(section(pod, 'spec')['containers']).flatMap((container) =>
    objectsIn(container['ports']),
  )
  const wanted = port === '' ? ports[0] : ports.find(({ name }) => name === port)
  const number = /^\d+$/.test(port)
    ? Number(port)
    : (wanted?.['containerPort'] ?? (port === '' ? 80 : undefined))
  if (typeof address !== 'string' || address === '') {
    return refuse(serviceUnavailable(`pod ${pod.metadata.name} has no address yet`))
  }
  return typeof number === 'number'
    ? { address, port: number }
    : refuse(badRequest(`pod ${pod.metadata.name} has no port named ${port}`))
}

const readyAddress = (slice: KubeObject & JsonObject): string | undefined => {
  const ready = objectsIn(slice['endpoints']).find((endpoint) => {
    const conditions = endpoint['conditions']
    return !isJsonObject(conditions) || conditions['ready'] !== false
  })
  const addresses = ready?.['addresses']
  const address: JsonValue | undefined = Array.isArray(addresses) ? addresses[0] : undefined
  return typeof address === 'string' ? address : undefined
}

const slicesOf = (context: ApiContext, service: KubeObject): readonly (KubeObject & JsonObject)[] => {
  const kind: Kind | undefined = context.index.byKind('discovery.k8s.io', 'EndpointSlice')
  if (kind === undefined) return []
  return context.store
    .range(keyPrefix(kind, service.metadata.namespace))
    .items.map((stored) => decodeStored(kind, 'discovery.k8s.io/v1', stored))
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name)
}

const serviceBackend = (context: ApiContext, service: KubeObject, port: string): Backend => {
  const ports = objectsIn(section(service, 'spec')['ports'])
  const wanted =
    port === ''
      ? ports[0]
      : ports.find((known) => known['name'] === port || JSON.stringify(known['port']) === port)
  const { name } = service.metadata
  if (wanted === undefined)
    return refuse(serviceUnavailable(`no service port ${JSON.stringify(port)} found for service "${name}"`))
  const portName = wanted['name'] ?? ''
  for (const slice of slicesOf(context, service)) {
    const address = readyAddress(slice)
    const target = objectsIn(slice['ports']).find((known) => (known['name'] ?? '') === portName)?.['port']
    if (address !== undefined && typeof target === 'number') return { address, port: target }
  }
  return refuse(serviceUnavailable(`no endpoints available for service "${name}"`))
}

/** Passes the request on to the pod, or to a ready endpoint of the service; throws 503 when there is none. */
export const proxySubresource = async (
  context: ApiContext,
  target: ObjectTarget,
  request: ApiRequest,
): Promise<ApiAnswer> => {
  const { name, port } = namedPort(target.name)
  const named: ObjectTarget = { ...target, name }
  const object = decodeStored(target.kind, target.apiVersion, storedOf(context, named))
  const backend =
    target.kind.kind === 'Pod'
      ? podBackend(object, port)
      : target.kind.kind === 'Service'
        ? serviceBackend(context, object, port)
        : refuse(pathNotFound())
  const body = orThrow(await request.readBody())
  const query = request.query.toString()
  return relayHttp(() => context.connectPod(backend.address, backend.port), {
    method: request.method,
    path: `/${(target.rest ?? '').split('/').map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`,
    headers: { ...forwardedHeaders(request.headers), host: `${backend.address}:${backend.port}` },
    ...(body.length === 0 ? {} : { body }),
    signal: request.signal,
  })
}
