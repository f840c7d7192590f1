/** Istio Gateways to gateways of the model. */
import type { Gateway, GatewayServer, ServerHost, ServerProtocol } from '../model/gateway.ts'
import { atField, type Origin } from '../model/origin.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import type { KubeObject } from '../../resources/kube-object.ts'
import {
  booleanAt,
  numberAt,
  objectAt,
  objectsAt,
  optional,
  specOf,
  textAt,
  textMapAt,
  textsAt,
} from './json-reader.ts'
import { originOf } from './object-names.ts'

const PROTOCOLS: Readonly<Record<string, ServerProtocol>> = {
  HTTP: 'http',
  HTTP2: 'http2',
  GRPC: 'grpc',
  'GRPC-WEB': 'grpc-web',
  HTTPS: 'https',
  TCP: 'tcp',
  TLS: 'tls',
  MONGO: 'mongo',
}

/** One Gateway (networking.istio.io). A server without a usable port is left out: validation refuses it before. */
export const translateGateway = (object: KubeObject): Gateway => {
  const spec = specOf(object)
  const namespace = object.metadata.namespace ?? ''
  const origin = originOf(object)
  return {
    name: object.metadata.name,
    namespace,
    selector: textMapAt(spec, 'selector'),
    servers: objectsAt(spec, 'servers').flatMap((server, index) =>
      translateServer(server, namespace, atField(origin, `spec.servers[${index}]`)),
    ),
    createdAt: object.metadata.creationTimestamp ?? '',
    origin,
  }
}

const translateServer = (server: JsonObject, namespace: string, origin: Origin): readonly GatewayServer[] => {
  const port = objectAt(server, 'port')
  const number = numberAt(port, 'number')
  const protocol = PROTOCOLS[(textAt(port, 'protocol') ?? '').toUpperCase()]
  if (number === undefined || protocol === undefined) return []
  const tls = objectAt(server, 'tls')
  return [
    {
      ...optional('name', textAt(server, 'name')),
      portNumber: number,
      portName: textAt(port, 'name') ?? '',
      protocol,
      ...optional('bind', textAt(server, 'bind')),
      hosts: textsAt(server, 'hosts').map((host) => translateHost(host, namespace)),
      httpsRedirect: booleanAt(tls, 'httpsRedirect') ?? false,
      tls: protocol === 'https' || protocol === 'tls',
      origin,
    },
  ]
}

/** `host`, `namespace/host`, `./host` (the Gateway's own namespace), `*` before the slash (any). */
const translateHost = (text: string, namespace: string): ServerHost => {
  const slash = text.indexOf('/')
  if (slash < 0) return { host: text.toLowerCase() }
  const owner = text.slice(0, slash)
  const host = text.slice(slash + 1).toLowerCase()
  return owner === '*' ? { host } : { host, namespace: owner === '.' ? namespace : owner }
}
