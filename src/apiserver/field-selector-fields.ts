/** The fields that a fieldSelector may name, per kind, as Kubernetes registers them. */
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { qualifiedResource } from './kind-index.ts'
import { valueAt } from './stored-object.ts'

const always = ['metadata.name', 'metadata.namespace']

const byResource: Readonly<Record<string, readonly string[]>> = {
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
    'source',
    'type',
  ],
  namespaces: ['status.phase'],
  nodes: ['spec.unschedulable'],
  secrets: ['type'],
  services: ['spec.clusterIP', 'spec.type'],
  'replicasets.apps': ['status.replicas'],
}

/** True when objects of the kind can be selected by the field. */
export const isSelectableField = (kind: Kind, field: string): boolean =>
  always.includes(field) || (byResource[qualifiedResource(kind)]?.includes(field) ?? false)

/** The field's value as the text that a selector compares; '' when it is absent. */
export const selectableValue = (object: KubeObject, field: string): string => {
  const path = field === 'source' ? 'source.component' : field
  const value = valueAt(object, path)
  if (value === undefined || value === null) return field === 'spec.unschedulable' || field === 'spec.hostNetwork' ? 'false' : ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
