/** Which objects a list or watch shows: the one it names, its labelSelector and its fieldSelector. */
import type { ApiError } from '../machinery/api-error.ts'
import { matchesFields, parseFieldSelector, type FieldSelector } from '../machinery/field-selector.ts'
import { meetsAll, parseLabelSelector } from '../machinery/label-selector-parser.ts'
import { fail, ok, type Result } from '../primitives/result.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { StoredValue } from '../store/store.ts'
import { badRequest, qualifiedResource } from '../machinery/status-errors.ts'
import { storedApiVersion } from './kind-index.ts'
import { decodeStored, keyPrefix } from './stored-object.ts'

export interface Selection {
  /** True when nothing is filtered: objects need not be looked at. */
  readonly everything: boolean
  readonly matches: (object: KubeObject) => boolean
  /** The same for a stored value, which is parsed only when the selection needs to see inside. */
  readonly matchesStored: (stored: StoredValue) => boolean
}

/** The fields that a fieldSelector may name beside name and namespace, as Kubernetes registers them. */
const selectableFields: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source.component',
    'type',
  ],
  'events.events.k8s.io': [
    'regarding.kind',
    'regarding.namespace',
    'regarding.name',
    'regarding.uid',
    'regarding.apiVersion',
    'regarding.resourceVersion',
    'regarding.fieldPath',
    'reason',
    'reportingController',
    'type',
  ],
  namespaces: ['status.phase'],
  nodes: ['spec.unschedulable'],
  secrets: ['type'],
  services: ['spec.clusterIP', 'spec.type'],
  'replicasets.apps': ['status.replicas'],
}

const everything: Selection = { everything: true, matches: () => true, matchesStored: () => true }

const isMetadata = ({ field }: FieldSelector[number]): boolean =>
  field === 'metadata.name' || field === 'metadata.namespace'

/** Tells by the key alone whether name and namespace fit, without parsing the object. */
const keyMatcher = (kind: Kind, fields: FieldSelector): ((stored: StoredValue) => boolean) => {
  const prefix = keyPrefix(kind)
  return ({ key }) => {
    const [first = '', second = ''] = key.slice(prefix.length).split('/')
    return fields.every(({ field, equals, value }) => {
      const actual = !kind.namespaced
        ? field === 'metadata.name'
          ? first
          : ''
        : field === 'metadata.name'
          ? second
          : first
      return (actual === value) === equals
    })
  }
}

/** The selection of a request: `name` from the path (a watch of one object), selectors from the query; 400 for bad ones. */
export const selectionOf = (
  kind: Kind,
  name: string | undefined,
  query: URLSearchParams,
): Result<Selection, ApiError> => {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '')
  if (!labels.ok) return fail(badRequest(labels.error))
  const allowed = kind.custom?.selectableFields ?? selectableFields[qualifiedResource(kind)] ?? []
  const parsed = parseFieldSelector(query.get('fieldSelector') ?? '', allowed)
  if (!parsed.ok) return fail(badRequest(parsed.error))
  const named: FieldSelector =
    name === undefined ? [] : [{ field: 'metadata.name', equals: true, value: name }]
  const fields: FieldSelector = [...named, ...parsed.value]
  const selector = labels.value
  if (selector.length === 0 && fields.length === 0) return ok(everything)
  const matches = (object: KubeObject): boolean =>
    meetsAll(selector, object.metadata.labels) && matchesFields(fields, object)
  const byKey = keyMatcher(kind, fields.filter(isMetadata))
  const needsObject = selector.length > 0 || !fields.every(isMetadata)
  return ok({
    everything: false,
    matches,
    matchesStored: (stored) =>
      byKey(stored) && (!needsObject || matches(decodeStored(kind, storedApiVersion(kind), stored))),
  })
}
