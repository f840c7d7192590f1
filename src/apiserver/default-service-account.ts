/** Pods without a service account get `default`, as Kubernetes' ServiceAccount admission does it. */
import { ok } from '../primitives/result.ts'
import type { Mutator } from './admission.ts'
import { section } from './stored-object.ts'

/** A mutator: sets spec.serviceAccountName (and its old name serviceAccount) of new pods. */
export const defaultServiceAccount: Mutator = ({ kind, operation, subresource, object }) => {
  if (kind.group !== '' || kind.kind !== 'Pod' || operation !== 'CREATE' || subresource !== undefined)
    return ok(object)
  const spec = section(object, 'spec')
  const given = spec['serviceAccountName'] ?? spec['serviceAccount'] ?? ''
  const name = given === '' ? 'default' : given
  return ok({ ...object, ...{ spec: { ...spec, serviceAccountName: name, serviceAccount: name } } })
}
