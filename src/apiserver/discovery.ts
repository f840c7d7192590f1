/** Discovery: which groups, versions, kinds, verbs and subresources are served, all derived from the table of kinds. */
import type { JsonObject } from '../primitives/json-value.ts'
import type { Kind } from '../resources/kind.ts'
import { apiVersionOf, type GroupVersions, type KindIndex } from './kind-index.ts'

const objectVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const namespaceVerbs = objectVerbs.filter((verb) => verb !== 'deletecollection')

const verbsOf = (kind: Kind): readonly string[] =>
  kind.verbs ?? (kind.group === '' && kind.plural === 'namespaces' ? namespaceVerbs : objectVerbs)

interface SubresourceRow {
  readonly name: string
  readonly verbs: readonly string[]
  readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string }
}

const otherSubresource = (kind: Kind, version: string, name: string): SubresourceRow => {
  const own = { group: kind.group, version, kind: kind.kind }
  switch (name) {
    case 'log':
      return { name, verbs: ['get'], responseKind: own }
    case 'exec':
    case 'attach':
    case 'portforward':
      return {
        name,
        verbs: ['create', 'get'],
        responseKind: { group: '', version: 'v1', kind: `Pod${podOptions[name]}` },
      }
    case 'eviction':
      return { name, verbs: ['create'], responseKind: { group: 'policy', version: 'v1', kind: 'Eviction' } }
    case 'binding':
      return { name, verbs: ['create'], responseKind: { group: '', version: 'v1', kind: 'Binding' } }
    case 'token':
      return {
        name,
        verbs: ['create'],
        responseKind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
      }
    case 'finalize':
      return { name, verbs: ['update'], responseKind: own }
    default:
      return { name, verbs: ['get'], responseKind: own }
  }
}

const podOptions = {
  exec: 'ExecOptions',
  attach: 'AttachOptions',
  portforward: 'PortForwardOptions',
} as const

const subresourcesOf = (kind: Kind, version: string): readonly SubresourceRow[] => [
  ...(kind.subresources.status
    ? [
        {
          name: 'status',
          verbs: ['get', 'patch', 'update'],
          responseKind: { group: kind.group, version, kind: kind.kind },
        },
      ]
    : []),
  ...(kind.subresources.scale === undefined
    ? []
    : [
        {
          name: 'scale',
          verbs: ['get', 'patch', 'update'],
          responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
        },
      ]),
  ...(kind.subresources.others ?? []).map((name) => otherSubresource(kind, version, name)),
]

const kindsOf = (index: KindIndex, group: string, version: string): readonly Kind[] =>
  index.kinds.filter((kind) => kind.group === group && kind.versions.includes(version))

const resourceRows = (kind: Kind, version: string): readonly JsonObject[] => [
  {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: verbsOf(kind),
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
  },
  ...subresourcesOf(kind, version).map((row) => ({
    name: `${kind.plural}/${row.name}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...(row.responseKind.group === kind.group
      ? {}
      : { group: row.responseKind.group, version: row.responseKind.version }),
    kind: row.responseKind.kind,
    verbs: row.verbs,
  })),
]

/** APIResourceList of one group and version (`/api/v1`, `/apis/apps/v1`); undefined when there is no such version. */
export const resourceList = (index: KindIndex, group: string, version: string): JsonObject | undefined => {
  const kinds = kindsOf(index, group, version)
  if (kinds.length === 0) return undefined
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf(group, version),
    resources: kinds.flatMap((kind) => resourceRows(kind, version)),
  }
}

const groupObject = ({ group, versions }: GroupVersions): JsonObject => {
  const listed = versions.map((version) => ({ groupVersion: apiVersionOf(group, version), version }))
  return { name: group, versions: listed, preferredVersion: listed[0] ?? {} }
}

/** APIGroupList of /apis. */
export const groupList = (index: KindIndex): JsonObject => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: index.groups.filter(({ group }) => group !== '').map(groupObject),
})

/** APIGroup of /apis/<group>. */
export const oneGroup = (index: KindIndex, group: string): JsonObject | undefined => {
  const found = index.groups.find((known) => known.group === group && group !== '')
  return found === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupObject(found) }
}

/** APIVersions of /api. */
export const coreVersions = (serverAddress: string): JsonObject => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
})

const aggregatedResource = (kind: Kind, version: string): JsonObject => {
  const scope = kind.namespaced ? 'Namespaced' : 'Cluster'
  const subresources = subresourcesOf(kind, version)
  return {
    resource: kind.plural,
    responseKind: { group: kind.group, version, kind: kind.kind },
    scope,
    singularResource: kind.singular,
    verbs: verbsOf(kind),
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(subresources.length === 0
      ? {}
      : {
          subresources: subresources.map((row) => ({
            subresource: row.name,
            responseKind: row.responseKind,
            verbs: row.verbs,
          })),
        }),
  }
}

/** APIGroupDiscoveryList (apidiscovery.k8s.io/v2): of the core group for /api, of all others for /apis. */
export const aggregatedDiscovery = (index: KindIndex, core: boolean): JsonObject => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: index.groups
    .filter(({ group }) => (group === '') === core)
    .map(({ group, versions }) => ({
      metadata: { name: group, creationTimestamp: null },
      versions: versions.map((version) => ({
        version,
        freshness: 'Current',
        resources: kindsOf(index, group, version).map((kind) => aggregatedResource(kind, version)),
      })),
    })),
})
