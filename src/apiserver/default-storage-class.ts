/** The DefaultStorageClass admission of Kubernetes: a new claim that names no class gets the default one. */
import { ok } from '../primitives/result.ts'
import type { Kind } from '../resources/kind.ts'
import { isDefaultClass } from '../resources/storage/storage-class.ts'
import type { Store } from '../store/store.ts'
import type { Mutator } from './admission.ts'
import { decodeStored, keyPrefix, section } from './stored-object.ts'

/** Of several default classes the newest counts. */
export const defaultStorageClass = (store: Pick<Store, 'range'>, kinds: readonly Kind[]): Mutator => {
  const kind = kinds.find((each) => each.kind === 'StorageClass')
  const usual = (): string | undefined =>
    kind === undefined
      ? undefined
      : store
          .range(keyPrefix(kind))
          .items.map((stored) => decodeStored(kind, 'storage.k8s.io/v1', stored))
          .filter(isDefaultClass)
          .toSorted((left, right) =>
            (left.metadata.creationTimestamp ?? '') < (right.metadata.creationTimestamp ?? '') ? 1 : -1,
          )[0]?.metadata.name
  return ({ kind: { group, plural }, operation, subresource, object }) => {
    const isNewClaim =
      group === '' &&
      plural === 'persistentvolumeclaims' &&
      operation === 'CREATE' &&
      subresource === undefined
    const spec = section(object, 'spec')
    if (!isNewClaim || (spec['storageClassName'] ?? null) !== null) return ok(object)
    const name = usual()
    return ok(name === undefined ? object : { ...object, ...{ spec: { ...spec, storageClassName: name } } })
  }
}
