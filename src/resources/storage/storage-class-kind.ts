/** StorageClass' row in the table of kinds. */
import { immutable } from '../apps/validate-workload.ts'
import { defineKind } from '../define-kind.ts'
import { invalid, notSupported, required } from '../field-error.ts'
import { fill } from '../fill-defaults.ts'
import type { FieldError } from '../kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { qualifiedNameProblem } from '../meta/name-syntax.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import { isDefaultClass, type StorageClass } from './storage-class.ts'

const POLICIES = ['Delete', 'Retain']
const MODES = ['Immediate', 'WaitForFirstConsumer']

const validateProvisioner = (provisioner: string): readonly FieldError[] => {
  if (provisioner === '') return [required('provisioner')]
  const problem = qualifiedNameProblem(provisioner.toLowerCase())
  return problem === undefined ? [] : [invalid('provisioner', provisioner, problem)]
}

const validate = (storageClass: StorageClass, old?: StorageClass): readonly FieldError[] => {
  const { reclaimPolicy = 'Delete', volumeBindingMode = 'Immediate' } = storageClass
  const fixed = ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const
  return [
    ...validateMetadata(storageClass),
    ...validateProvisioner(storageClass.provisioner),
    ...(POLICIES.includes(reclaimPolicy) ? [] : [notSupported('reclaimPolicy', reclaimPolicy, POLICIES)]),
    ...(MODES.includes(volumeBindingMode)
      ? []
      : [notSupported('volumeBindingMode', volumeBindingMode, MODES)]),
    ...(old === undefined ? [] : fixed.flatMap((field) => immutable(field, storageClass[field], old[field]))),
  ]
}

export const storageClassKind = defineKind<StorageClass>({
  group: 'storage.k8s.io',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  namespaced: false,
  versions: ['v1'],
  columns: [
    {
      ...nameColumn,
      cell: (object) => `${object.metadata.name}${isDefaultClass(object) ? ' (default)' : ''}`,
    },
    column<StorageClass>('Provisioner', 'Who makes volumes of this class.', ({ provisioner }) => provisioner),
    column<StorageClass>(
      'ReclaimPolicy',
      'What happens to the volumes when they are released.',
      ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete',
    ),
    column<StorageClass>(
      'VolumeBindingMode',
      'When claims get their volumes.',
      ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate',
    ),
    column<StorageClass>(
      'AllowVolumeExpansion',
      'Whether volumes may grow.',
      ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false,
    ),
    ageColumn,
  ],
  applyDefaults: (storageClass) =>
    fill(storageClass, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  validate,
  generationChanges: () => false,
})
