/** Requests that are not for a resource: discovery, OpenAPI, version and health. */
import type { JsonObject } from '../primitives/json-value.ts'
import type { ApiContext } from './api-context.ts'
import {
  jsonAnswer,
  jsonType,
  refuse,
  type ApiAnswer,
  type ApiRequest,
  type BodyAnswer,
} from './api-request.ts'
import { parseMediaTypes } from './content-negotiation.ts'
import { aggregatedDiscovery, coreVersions, groupList, oneGroup, resourceList } from './discovery.ts'
import { methodNotAllowed, notAcceptable, pathNotFound } from '../machinery/status-errors.ts'
import { openApiV2, openApiV2Protobuf, type OpenApiDocuments } from './openapi-documents.ts'

/** The OpenAPI documents, made when first asked for. */
export type OpenApi = () => OpenApiDocuments

const text = (body: string): BodyAnswer => ({
  kind: 'body',
  code: 200,
  contentType: 'text/plain; charset=utf-8',
  body,
})

const found = (object: JsonObject | undefined): BodyAnswer =>
  object === undefined ? refuse(pathNotFound()) : jsonAnswer(200, object)

const aggregatedType = (version: string): string =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`

/** The version of aggregated discovery that the client prefers; undefined: the older, unaggregated form. */
const aggregatedVersion = (request: ApiRequest): 'v2' | 'v2beta1' | undefined => {
  const [first] = parseMediaTypes(request.headers['accept'] ?? '')
  const { g: group, v: version, as } = first?.parameters ?? {}
  if (group !== 'apidiscovery.k8s.io' || as !== 'APIGroupDiscoveryList') return undefined
  return version === 'v2' || version === 'v2beta1' ? version : undefined
}

const discoveryRoot = (context: ApiContext, request: ApiRequest, core: boolean): BodyAnswer => {
  const version = aggregatedVersion(request)
  if (version === undefined) {
    return jsonAnswer(200, core ? coreVersions(request.headers['host'] ?? '') : groupList(context.index))
  }
  const document = {
    ...aggregatedDiscovery(context.index, core),
    apiVersion: `apidiscovery.k8s.io/${version}`,
  }
  return { ...jsonAnswer(200, document), contentType: aggregatedType(version), headers: { vary: 'Accept' } }
}

const openApiV3 = (openApi: OpenApi, path: string, request: ApiRequest): BodyAnswer => {
  const { index, parts } = openApi()
  if (path === '') return jsonAnswer(200, index)
  const part = parts.get(path)
  if (part === undefined) return refuse(pathNotFound())
  const etag = `"${part.hash}"`
  const asked = request.query.get('hash')
  // A URL with the right hash never changes its meaning: clients may keep the document for ever.
  const caching =
    asked === part.hash
      ? { 'cache-control': 'public, immutable, max-age=31536000' }
      : { 'cache-control': 'no-cache, private' }
  const headers = { etag, vary: 'Accept', ...caching }
  if (request.headers['if-none-match'] === etag)
    return { kind: 'body', code: 304, contentType: jsonType, body: '', headers }
  return { kind: 'body', code: 200, contentType: jsonType, body: part.text, headers }
}

const openApiV2Type = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

// Clients write the version with an @ or a dot.
const isOpenApiV2Protobuf = (type: string): boolean => type.replace('@', '.') === openApiV2Type

const openApiV2Answer = (context: ApiContext, request: ApiRequest): BodyAnswer => {
  const { gitVersion } = context.version
  for (const { type } of parseMediaTypes(request.headers['accept'] ?? jsonType)) {
    if (type === jsonType || type === '*/*') return jsonAnswer(200, openApiV2(gitVersion))
    if (isOpenApiV2Protobuf(type)) {
      return { kind: 'body', code: 200, contentType: openApiV2Type, body: openApiV2Protobuf(gitVersion) }
    }
  }
  return refuse(notAcceptable([jsonType, openApiV2Type]))
}

const versionAnswer = (context: ApiContext): BodyAnswer => {
  const { major, minor, gitVersion, gitCommit = '', buildDate = '' } = context.version
  const runtime = { goVersion: '', compiler: 'node', platform: 'linux/amd64' }
  return jsonAnswer(200, {
    major,
    minor,
    gitVersion,
    gitCommit,
    gitTreeState: 'clean',
    buildDate,
    ...runtime,
  })
}

const rootPaths = (context: ApiContext): JsonObject => ({
  paths: [
    '/api',
    '/api/v1',
    '/apis',
    ...context.index.groups
      .filter(({ group }) => group !== '')
      .flatMap(({ group, versions }) => [
        `/apis/${group}`,
        ...versions.map((version) => `/apis/${group}/${version}`),
      ]),
    '/healthz',
    '/livez',
    '/openapi/v2',
    '/openapi/v3',
    '/readyz',
    '/version',
  ],
})

const discovery = (context: ApiContext, segments: readonly string[], request: ApiRequest): BodyAnswer => {
  const [root, first, second] = segments
  const core = root === 'api'
  if (first === undefined) return discoveryRoot(context, request, core)
  if (core) return found(resourceList(context.index, '', first))
  return found(
    second === undefined ? oneGroup(context.index, first) : resourceList(context.index, first, second),
  )
}

/** Healthy from the first answer on: the store is open before the server listens. */
const health = ([probe = '', check, ...rest]: readonly string[], request: ApiRequest): BodyAnswer => {
  const checks = ['ping', 'store']
  if (rest.length > 0 || (check !== undefined && !checks.includes(check))) return refuse(pathNotFound())
  if (check !== undefined || !request.query.has('verbose')) return text('ok')
  return text(`${checks.map((name) => `[+]${name} ok\n`).join('')}${probe} check passed\n`)
}

/** Answers /api, /apis, /version, /healthz, /livez, /readyz and /openapi; throws 404 for all else. */
export const handleGeneral = (
  context: ApiContext,
  openApi: OpenApi,
  segments: readonly string[],
  request: ApiRequest,
): ApiAnswer => {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(methodNotAllowed())
  switch (segments[0]) {
    case undefined:
      return jsonAnswer(200, rootPaths(context))
    case 'api':
    case 'apis':
      return discovery(context, segments, request)
    case 'version':
      return versionAnswer(context)
    case 'healthz':
    case 'livez':
    case 'readyz':
      return health(segments, request)
    case 'openapi':
      if (segments[1] === 'v3') return openApiV3(openApi, segments.slice(2).join('/'), request)
      return segments[1] === 'v2' ? openApiV2Answer(context, request) : refuse(pathNotFound())
    default:
      return refuse(pathNotFound())
  }
}
