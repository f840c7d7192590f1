/**
 * What is in force although it is written nowhere any more, beside the VirtualService whose routes use it
 * (`status.inUse`): an older form of itself, deleted DestinationRules and Services. A restarted control plane goes on
 * from it, and the user sees it with `kubectl get -o yaml`.
 */
import {
  objectsAt,
  objectAt,
  numberAt,
  sectionOf,
  specOf,
  textAt,
  textMapAt,
} from '../mesh/translate/json-reader.ts'
import type { JsonObject } from '../primitives/json-value.ts'
import type { KubeObject } from '../resources/kube-object.ts'

/** An object cut down to what the mesh reads of it. */
export interface Definition extends KubeObject {
  readonly spec: JsonObject
}

/** `status.inUse` is a list, so that a merge patch replaces it as a whole. */
export const definitionOf = (object: KubeObject, spec: JsonObject = specOf(object)): Definition => {
  const { name, namespace, generation, creationTimestamp, labels, annotations } = object.metadata
  const exportTo = annotations?.['networking.istio.io/exportTo']
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(generation === undefined ? {} : { generation }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
      ...(labels === undefined || object.kind !== 'Service' ? {} : { labels }),
      ...(exportTo === undefined ? {} : { annotations: { 'networking.istio.io/exportTo': exportTo } }),
    },
    spec,
  }
}

/** The definitions that a VirtualService's status records; what is no object with a name is passed over. */
export const readInUse = (object: KubeObject): readonly Definition[] =>
  objectsAt(sectionOf(object, 'status'), 'inUse').flatMap((entry): readonly Definition[] => {
    const metadata = objectAt(entry, 'metadata')
    const name = textAt(metadata, 'name')
    const kind = textAt(entry, 'kind')
    const spec = objectAt(entry, 'spec')
    if (name === undefined || kind === undefined || spec === undefined) return []
    const generation = numberAt(metadata, 'generation')
    const creationTimestamp = textAt(metadata, 'creationTimestamp')
    return [
      {
        apiVersion: textAt(entry, 'apiVersion') ?? '',
        kind,
        metadata: {
          name,
          namespace: textAt(metadata, 'namespace') ?? object.metadata.namespace ?? '',
          ...(generation === undefined ? {} : { generation }),
          ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
          labels: textMapAt(metadata, 'labels'),
          annotations: textMapAt(metadata, 'annotations'),
        },
        spec,
      },
    ]
  })
