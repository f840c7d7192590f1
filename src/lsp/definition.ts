/** Go to definition: from what a route names to where it is defined. */
import type { Location, Position } from 'vscode-languageserver'
import { listenersOf } from '../analyze/gateway-listeners.ts'
import { gatewayRouteKinds } from '../analyze/gateway-routes.ts'
import { CLUSTER_SCOPED, kindKey, kinds } from '../analyze/kind-keys.ts'
import type { ObjectSet } from '../analyze/object-set.ts'
import { fieldAt } from '../manifests/field-at.ts'
import type { FieldAt } from '../manifests/field-at.ts'
import { isJsonObject } from '../primitives/json-value.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import { NAMED_FIELDS } from './named-fields.ts'
import { gatewayReference, gatewaysOf, servicesOfHost, subsetsOfHost } from './references.ts'
import type { Target } from './references.ts'
import { offsetOf, wordRange } from './text-positions.ts'
import type { Workspace } from './workspace.ts'

const valueAt = (object: JsonObject, path: readonly (string | number)[]): unknown => {
  let value: unknown = object
  for (const key of path) {
    if (Array.isArray(value)) value = value[Number(key)]
    else value = isJsonObject(value) ? value[key] : undefined
  }
  return value
}

const textAtPath = (object: JsonObject, path: readonly (string | number)[]): string => {
  const value = valueAt(object, path)
  return typeof value === 'string' ? value : ''
}

interface Reference {
  readonly set: ObjectSet
  readonly field: FieldAt
  readonly namespace: string
  /** The value of the field, and of another field of the same object. */
  readonly value: string
  readonly beside: (field: string) => string
}

type Resolve = (reference: Reference) => readonly Target[]

const toHost: Resolve = ({ set, namespace, value }) => servicesOfHost(set, namespace, value)

const toSubset: Resolve = ({ set, namespace, value, beside }) =>
  subsetsOfHost(set, namespace, beside('host')).filter(({ name }) => name === value)

const toGateway: Resolve = ({ set, namespace, value }) =>
  gatewaysOf(set)
    .filter(
      (gateway) =>
        gatewayReference(gateway, namespace) === value || `${gateway.namespace}/${gateway.name}` === value,
    )
    .map((object) => ({ object }))

const named =
  (key: string): Resolve =>
  ({ set, namespace, value, beside }) => {
    const written = beside('namespace')
    const own = written === '' ? namespace : written
    const object = set.find(key, CLUSTER_SCOPED.has(key) ? '' : own, value)
    return object === undefined ? [] : [{ object }]
  }

const toListener: Resolve = ({ set, namespace, value, beside }) => {
  const written = beside('namespace')
  const gateway = set.find(kinds.kubernetesGateway, written === '' ? namespace : written, beside('name'))
  if (gateway === undefined) return []
  return listenersOf(gateway)
    .filter(({ name }) => name === value)
    .map(({ path }) => ({ object: gateway, path: `${path}.name` }))
}

/** Fields by kind and path, without the indexes. */
const RULES: readonly (readonly [kind: string, path: RegExp, resolve: Resolve])[] = [
  [kinds.virtualService, /(?:destination|mirror)\.host$/, toHost],
  [kinds.virtualService, /(?:destination|mirror)\.subset$/, toSubset],
  [kinds.virtualService, /^spec\.(?:.*\.)?gateways$/, toGateway],
  [kinds.destinationRule, /^spec\.host$/, toHost],
  ...NAMED_FIELDS.map(({ owner, path, target }) => [owner, path, named(target)] as const),
  ...gatewayRouteKinds.map((owner) => [owner, /parentRefs\.sectionName$/, toListener] as const),
]

const namespaceOf = (object: JsonObject): string => {
  const written = textAtPath(object, ['metadata', 'namespace'])
  return written === '' ? 'default' : written
}

export const definitionsAt = (workspace: Workspace, uri: string, position: Position): readonly Location[] => {
  const text = workspace.textOf(uri)
  const field = text === undefined ? undefined : fieldAt(text, offsetOf(text, position))
  if (field === undefined) return []
  const { object, path } = field
  const key = kindKey(textAtPath(object, ['apiVersion']), textAtPath(object, ['kind']))
  const shape = path.filter((step) => typeof step === 'string').join('.')
  const resolve = RULES.find(([kind, pattern]) => kind === key && pattern.test(shape))?.[2]
  if (resolve === undefined) return []
  const targets = resolve({
    set: workspace.objects(),
    field,
    namespace: namespaceOf(object),
    value: textAtPath(object, path),
    beside: (name) => textAtPath(object, [...path.slice(0, -1), name]),
  })
  return targets.map(({ object: { manifest }, path: place = 'metadata.name' }) => ({
    uri: manifest.source,
    range: wordRange((workspace.textOf(manifest.source) ?? '').split('\n'), manifest.positionOf(place)),
  }))
}
