/** The values that a field may have: of its schema, and names of objects that exist. */
import { listenersOf } from '../analyze/gateway-listeners.ts'
import { gatewayRouteKinds } from '../analyze/gateway-routes.ts'
import { kindKey, kinds } from '../analyze/kind-keys.ts'
import type { ObjectSet } from '../analyze/object-set.ts'
import { createServiceRegistry } from '../analyze/service-registry.ts'
import { allKinds } from '../resources/all-kinds.ts'
import type { Schema } from '../resources/schema.ts'
import type { Cursor } from './cursor.ts'
import { NAMED_FIELDS } from './named-fields.ts'
import { plainText } from './plain-text.ts'
import { gatewayReference, gatewaysOf, subsetsOfHost } from './references.ts'

export interface Candidate {
  readonly label: string
  readonly detail: string
}

type Candidates = (set: ObjectSet, cursor: Cursor, namespace: string) => readonly Candidate[]

/** Short names of the services of the namespace, full ones of all others. */
const hosts: Candidates = (set, _cursor, namespace) => {
  const own = `.${namespace}.svc.cluster.local`
  return createServiceRegistry(set).hosts.map((host) => ({
    label: host.endsWith(own) ? host.slice(0, -own.length) : host,
    detail: host,
  }))
}

const subsets: Candidates = (set, { siblings }, namespace) =>
  subsetsOfHost(set, namespace, siblings.get('host') ?? '').map(({ name, object }) => ({
    label: name,
    detail: `DestinationRule ${object.name}`,
  }))

const gateways: Candidates = (set, _cursor, namespace) => [
  ...gatewaysOf(set).map((gateway) => ({
    label: gatewayReference(gateway, namespace),
    detail: `Gateway ${gateway.namespace}/${gateway.name}`,
  })),
  { label: 'mesh', detail: 'all sidecars' },
]

const namesOf =
  (key: string): Candidates =>
  (set) =>
    [...new Set(set.of(key).map(({ name }) => name))].map((label) => ({
      label,
      detail: key.slice(key.indexOf('/') + 1),
    }))

/** Of the Gateway that is named beside. */
const listeners: Candidates = (set, { siblings }, namespace) => {
  const gateway = set.find(
    kinds.kubernetesGateway,
    siblings.get('namespace') ?? namespace,
    siblings.get('name') ?? '',
  )
  const found = gateway === undefined ? [] : listenersOf(gateway)
  return found.map(({ name, protocol, port }) => ({
    label: name,
    detail: `${protocol} on port ${port ?? '?'}`,
  }))
}

const NAMES: readonly (readonly [kind: string, path: RegExp, candidates: Candidates])[] = [
  [kinds.virtualService, /(?:destination|mirror)\.host$/, hosts],
  [kinds.virtualService, /^spec\.hosts$/, hosts],
  [kinds.virtualService, /(?:destination|mirror)\.subset$/, subsets],
  [kinds.virtualService, /gateways$/, gateways],
  [kinds.destinationRule, /^spec\.host$/, hosts],
  ...NAMED_FIELDS.map(({ owner, path, target }) => [owner, path, namesOf(target)] as const),
  ...gatewayRouteKinds.map((owner) => [owner, /parentRefs\.sectionName$/, listeners] as const),
]

const apiVersions = (): readonly Candidate[] => [
  ...new Map(
    allKinds.flatMap(({ group, versions }) =>
      versions.map((version) => {
        const label = group === '' ? version : `${group}/${version}`
        return [label, { label, detail: 'apiVersion' }] as const
      }),
    ),
  ).values(),
]

const kindNames = (apiVersion: string): readonly Candidate[] =>
  allKinds
    .filter(
      ({ group, versions }) =>
        apiVersion === '' ||
        versions.some((version) => (group === '' ? version : `${group}/${version}`) === apiVersion),
    )
    .map(({ kind, group }) => ({ label: kind, detail: group }))

const ofSchema = ({ enum: values, type }: Schema): readonly Candidate[] => {
  if (values !== undefined) return values.map((value) => ({ label: plainText(value), detail: 'value' }))
  return type === 'boolean' ? ['true', 'false'].map((label) => ({ label, detail: 'value' })) : []
}

export const valuesFor = (
  set: ObjectSet,
  cursor: Cursor,
  schema: Schema | undefined,
): readonly Candidate[] => {
  const { apiVersion, kind, path, namespace = 'default' } = cursor
  const shape = path.filter((step) => typeof step === 'string').join('.')
  if (shape === 'apiVersion') return apiVersions()
  if (shape === 'kind') return kindNames(apiVersion)
  if (shape === 'metadata.namespace') return namesOf(kinds.namespace)(set, cursor, namespace)
  const key = kindKey(apiVersion, kind)
  const candidates = NAMES.find(([known, pattern]) => known === key && pattern.test(shape))?.[2]
  return [...(candidates?.(set, cursor, namespace) ?? []), ...(schema === undefined ? [] : ofSchema(schema))]
}
