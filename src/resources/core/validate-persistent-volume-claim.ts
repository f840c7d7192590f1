/** What Kubernetes refuses in claims beyond their schema (pkg/apis/core/validation). */
import { jsonEqual } from '../../primitives/json-value.ts'
import { compareQuantities, parseQuantity, type Quantity } from '../../primitives/quantity.ts'
import { forbidden, invalid, notSupported, required } from '../field-error.ts'
import { child } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { dnsSubdomainProblem } from '../meta/name-syntax.ts'
import { validateLabelSelector } from '../meta/validate-labels.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import { validateAccessModes } from './access-modes.ts'
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from './persistent-volume-claim.ts'

type Errors = readonly FieldError[]

const quantityOf = (amount: string | number | undefined): Quantity | undefined => {
  const parsed = amount === undefined ? undefined : parseQuantity(String(amount))
  return parsed?.ok === true ? parsed.value : undefined
}

/** Refuses an amount of storage that is no quantity or not above zero. */
export const validateStorage = (path: string, amount: string | number): Errors => {
  const parsed = parseQuantity(String(amount))
  if (!parsed.ok) return [invalid(path, amount, parsed.error)]
  return parsed.value.nano > 0n ? [] : [invalid(path, amount, 'must be greater than zero')]
}

/** Refuses a text that cannot be the name of a StorageClass. */
export const validateClassName = (path: string, name: string | null | undefined): Errors => {
  const problem = (name ?? '') === '' ? undefined : dnsSubdomainProblem(name ?? '')
  return problem === undefined ? [] : [invalid(path, name ?? '', problem)]
}

export const validateVolumeMode = (path: string, mode: string | null | undefined): Errors =>
  (mode ?? 'Filesystem') === 'Filesystem' || mode === 'Block'
    ? []
    : [notSupported(path, mode ?? '', ['Block', 'Filesystem'])]

export const validateClaimSpec = (path: string, spec: PersistentVolumeClaimSpec): Errors => {
  const storage = spec?.resources?.requests?.['storage']
  const at = `${child(path, 'resources')}[storage]`
  return [
    ...((spec?.accessModes ?? []).length === 0
      ? [required(child(path, 'accessModes'), 'at least 1 access mode is required')]
      : []),
    ...(spec?.selector === undefined || spec.selector === null
      ? []
      : validateLabelSelector(child(path, 'selector'), spec.selector)),
    ...validateAccessModes(path, spec?.accessModes),
    ...(storage === undefined ? [required(at)] : validateStorage(at, storage)),
    ...validateClassName(child(path, 'storageClassName'), spec?.storageClassName),
    ...validateVolumeMode(child(path, 'volumeMode'), spec?.volumeMode),
  ]
}

/** The fields that may change are made equal: the volume once, the class once, the size of a bound claim. */
const withoutMutable = (spec: PersistentVolumeClaimSpec, old: PersistentVolumeClaim): unknown => {
  const { volumeName, storageClassName, resources, ...rest } = spec
  const { requests, ...limits } = resources ?? {}
  const { storage: _storage, ...others } = requests ?? {}
  return {
    ...rest,
    ...(old.spec.volumeName === undefined ? {} : { volumeName }),
    ...(old.spec.storageClassName === undefined ? {} : { storageClassName }),
    resources: { ...limits, requests: old.status?.phase === 'Bound' ? others : (requests ?? {}) },
  }
}

const validateUpdate = (claim: PersistentVolumeClaim, old: PersistentVolumeClaim): Errors => {
  const size = quantityOf(claim.spec.resources?.requests?.['storage'])
  const before = quantityOf(old.spec.resources?.requests?.['storage'])
  const capacity = quantityOf(old.status?.capacity?.['storage'])
  const shrinks = size !== undefined && before !== undefined && compareQuantities(size, before) < 0
  const tooSmall = capacity === undefined || (size !== undefined && compareQuantities(size, capacity) <= 0)
  return [
    ...(jsonEqual(withoutMutable(claim.spec, old), withoutMutable(old.spec, old))
      ? []
      : [
          forbidden(
            'spec',
            'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
          ),
        ]),
    ...(shrinks && tooSmall
      ? [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')]
      : []),
  ]
}

export const validateClaim = (claim: PersistentVolumeClaim, old?: PersistentVolumeClaim): Errors => [
  ...validateMetadata(claim),
  ...validateClaimSpec('spec', claim.spec),
  ...(old === undefined ? [] : validateUpdate(claim, old)),
]
