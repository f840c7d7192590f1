/** Lease's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import type { Lease } from './lease.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'

export const leaseKind = defineKind<Lease>({
  group: 'coordination.k8s.io',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
  versions: ['v1'],
  columns: [
    nameColumn,
    column<Lease>(
      'Holder',
      'The identity of the holder of the lease.',
      ({ spec }) => spec?.holderIdentity ?? '',
    ),
    ageColumn,
  ],
  generationChanges: () => false,
  validate: (object) => validateMetadata(object),
})
