/** PersistentVolumeClaim's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { accessModesText } from './access-modes.ts'
import { withClaimDefaults } from './persistent-volume-claim-defaults.ts'
import type { PersistentVolumeClaim } from './persistent-volume-claim.ts'
import { validateClaim } from './validate-persistent-volume-claim.ts'

type Claim = PersistentVolumeClaim

const isBound = ({ spec }: Claim): boolean => (spec.volumeName ?? '') !== ''

export const persistentVolumeClaimKind = defineKind<Claim>({
  group: '',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  requiresSpec: true,
  shortNames: ['pvc'],
  namespaced: true,
  versions: ['v1'],
  subresources: { status: true },
  columns: [
    nameColumn,
    column<Claim>('Status', 'The phase of the claim.', ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
    ),
    column<Claim>('Volume', 'The volume that backs the claim.', ({ spec }) => spec.volumeName ?? ''),
    column<Claim>('Capacity', 'The actual size of the volume.', (claim) =>
      isBound(claim) ? String(claim.status?.capacity?.['storage'] ?? '0') : '',
    ),
    column<Claim>('Access Modes', 'The access modes of the volume.', (claim) =>
      isBound(claim) ? accessModesText(claim.status?.accessModes) : '',
    ),
    column<Claim>('StorageClass', 'StorageClass of the pvc', ({ spec }) => spec.storageClassName ?? ''),
    column<Claim>('VolumeAttributesClass', 'VolumeAttributesClass of the pvc', () => '<unset>'),
    ageColumn,
    column<Claim>(
      'VolumeMode',
      'What type of volume the claim needs.',
      ({ spec }) => spec.volumeMode ?? '<unset>',
      { wide: true },
    ),
  ],
  applyDefaults: withClaimDefaults,
  validate: validateClaim,
})
