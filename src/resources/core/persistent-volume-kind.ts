/** PersistentVolume's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { fill, mapField } from '../fill-defaults.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { accessModesText } from './access-modes.ts'
import type { PersistentVolume } from './persistent-volume.ts'
import { validateVolume } from './validate-persistent-volume.ts'

type Persistent = PersistentVolume

const withDefaults = (volume: Persistent): Persistent =>
  mapField(fill(volume, { status: { phase: 'Pending' } }), 'spec', (spec) =>
    mapField(
      fill(spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
      'hostPath',
      (source) => fill(source, { type: '' }),
    ),
  )

export const persistentVolumeKind = defineKind<Persistent>({
  group: '',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  requiresSpec: true,
  shortNames: ['pv'],
  namespaced: false,
  versions: ['v1'],
  subresources: { status: true },
  columns: [
    nameColumn,
    column<Persistent>('Capacity', 'The size of the volume.', ({ spec }) =>
      String(spec.capacity?.['storage'] ?? '0'),
    ),
    column<Persistent>('Access Modes', 'How the volume can be mounted.', ({ spec }) =>
      accessModesText(spec.accessModes),
    ),
    column<Persistent>(
      'Reclaim Policy',
      'What happens to the volume when it is released from its claim.',
      ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '',
    ),
    column<Persistent>('Status', 'The phase of the volume.', ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
    ),
    column<Persistent>('Claim', 'The claim that the volume is bound to.', ({ spec: { claimRef } }) =>
      claimRef === undefined ? '' : `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`,
    ),
    column<Persistent>('StorageClass', 'StorageClass of the pv', ({ spec }) => spec.storageClassName ?? ''),
    column<Persistent>('VolumeAttributesClass', 'VolumeAttributesClass of the pv', () => '<unset>'),
    column<Persistent>(
      'Reason',
      'Why the volume is in a failure state.',
      ({ status }) => status?.reason ?? '',
    ),
    ageColumn,
    column<Persistent>(
      'VolumeMode',
      'What type of volume it is.',
      ({ spec }) => spec.volumeMode ?? '<unset>',
      { wide: true },
    ),
  ],
  applyDefaults: withDefaults,
  validate: validateVolume,
})
