/** What Kubernetes refuses in volumes beyond their schema (pkg/apis/core/validation). */
import { jsonEqual } from '../../primitives/json-value.ts'
import { forbidden, notSupported, required } from '../field-error.ts'
import type { FieldError } from '../kind.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import { validateAccessModes } from './access-modes.ts'
import type { PersistentVolume, PersistentVolumeSpec } from './persistent-volume.ts'
import { validateClassName, validateStorage, validateVolumeMode } from './validate-persistent-volume-claim.ts'

type Errors = readonly FieldError[]

const SETTINGS: ReadonlySet<string> = new Set([
  'capacity',
  'accessModes',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'mountOptions',
  'volumeMode',
  'nodeAffinity',
  'volumeAttributesClassName',
])

/** Everything else in the spec says where the storage is. */
const sourcesOf = (spec: PersistentVolumeSpec): readonly (readonly [string, unknown])[] =>
  Object.entries(spec).filter(([field, value]) => !SETTINGS.has(field) && (value ?? null) !== null)

const validateSources = (spec: PersistentVolumeSpec): Errors => {
  const sources = sourcesOf(spec)
  return [
    ...(sources.length === 0 ? [required('spec', 'must specify a volume type')] : []),
    ...sources
      .slice(1)
      .map(([field]) => forbidden(`spec.${field}`, 'may not specify more than 1 volume type')),
    ...(spec.hostPath?.path === '' ? [required('spec.hostPath.path')] : []),
    ...(spec.local !== undefined && (spec.nodeAffinity ?? null) === null
      ? [required('spec.nodeAffinity', 'Local volume requires node affinity')]
      : []),
  ]
}

const validateCapacity = ({ capacity }: PersistentVolumeSpec): Errors => {
  const resources = Object.keys(capacity ?? {})
  if (capacity === undefined || capacity === null || resources.length === 0)
    return [required('spec.capacity')]
  return [
    ...(resources.length === 1 && resources[0] === 'storage'
      ? []
      : [notSupported('spec.capacity', { ...capacity }, ['storage'])]),
    ...Object.entries(capacity).flatMap(([name, amount]) =>
      validateStorage(`spec.capacity[${name}]`, amount),
    ),
  ]
}

const POLICIES = ['Delete', 'Recycle', 'Retain']

export const validateVolume = (volume: PersistentVolume, old?: PersistentVolume): Errors => {
  const { spec } = volume
  const policy = spec.persistentVolumeReclaimPolicy ?? 'Retain'
  return [
    ...validateMetadata(volume),
    ...((spec.accessModes ?? []).length === 0 ? [required('spec.accessModes')] : []),
    ...validateAccessModes('spec', spec.accessModes),
    ...validateCapacity(spec),
    ...(POLICIES.includes(policy)
      ? []
      : [notSupported('spec.persistentVolumeReclaimPolicy', policy, POLICIES)]),
    ...validateSources(spec),
    ...validateClassName('spec.storageClassName', spec.storageClassName),
    ...validateVolumeMode('spec.volumeMode', spec.volumeMode),
    ...(old === undefined ||
    jsonEqual(Object.fromEntries(sourcesOf(spec)), Object.fromEntries(sourcesOf(old.spec)))
      ? []
      : [
          forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation'),
        ]),
  ]
}
