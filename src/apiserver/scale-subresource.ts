/** The scale subresource (autoscaling/v1 Scale): how many replicas an object has and wants. */
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import { formatLabelSelector } from '../resources/meta/format-selector.ts'
import type { LabelSelector } from '../resources/meta/label-selector.ts'
import type { Kind } from '../resources/kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { refuse } from './api-request.ts'
import { invalid as invalidField } from '../resources/field-error.ts'
import { badRequest, invalid } from '../machinery/status-errors.ts'
import { asJson, valueAt, withValueAt } from './stored-object.ts'

const numberAt = (object: KubeObject, path: string): number => {
  const value = valueAt(object, path)
  return typeof value === 'number' ? value : 0
}

// Validation has seen to it that an object at this path is a LabelSelector; custom resources keep text there.
const isSelector = (value: JsonValue | undefined): value is JsonObject & LabelSelector => isJsonObject(value)

const selectorText = (value: JsonValue | undefined): string => {
  if (typeof value === 'string') return value
  return isSelector(value) ? formatLabelSelector(value) : ''
}

/** The Scale of an object whose kind has that subresource. */
export const scaleOf = (kind: Kind, object: KubeObject): KubeObject & JsonObject => {
  const paths = kind.subresources.scale
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
  }
  const selectorPath = paths?.labelSelectorPath
  const selector = selectorText(selectorPath === undefined ? undefined : valueAt(object, selectorPath))
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata,
    spec: { replicas: paths === undefined ? 0 : numberAt(object, paths.specReplicasPath) },
    status: {
      replicas: paths === undefined ? 0 : numberAt(object, paths.statusReplicasPath),
      ...(selector === '' ? {} : { selector }),
    },
  }
}

/** The object with the replicas that a Scale asks for; throws 400 when it asks for none, 422 for less than none. */
export const scaledTo = (kind: Kind, object: KubeObject, scale: JsonValue): KubeObject => {
  const paths = kind.subresources.scale
  const spec = isJsonObject(scale) ? scale['spec'] : undefined
  const replicas = isJsonObject(spec) ? (spec['replicas'] ?? 0) : undefined
  if (paths === undefined || typeof replicas !== 'number' || !Number.isInteger(replicas)) {
    return refuse(badRequest('spec.replicas: Invalid value: must be a whole number that is not negative'))
  }
  if (replicas < 0) {
    const error = invalidField('spec.replicas', replicas, 'must be greater than or equal to 0')
    return refuse(invalid({ group: 'autoscaling', kind: 'Scale' }, object.metadata.name, [error]))
  }
  const { apiVersion, kind: kindName, metadata } = object
  return {
    ...withValueAt(asJson(object), paths.specReplicasPath, replicas),
    apiVersion,
    kind: kindName,
    metadata,
  }
}
