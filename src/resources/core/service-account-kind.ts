/** ServiceAccount's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import type { ServiceAccount } from './service-account.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'

export const serviceAccountKind = defineKind<ServiceAccount>({
  group: '',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  namespaced: true,
  versions: ['v1'],
  subresources: { status: false, others: ['token'] },
  columns: [
    nameColumn,
    column<ServiceAccount>(
      'Secrets',
      'The number of Secrets that pods of this account may use.',
      ({ secrets }) => secrets?.length ?? 0,
    ),
    ageColumn,
  ],
  generationChanges: () => false,
  validate: (object) => validateMetadata(object),
})
