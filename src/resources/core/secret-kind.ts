/** Secret's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { withSecretDefaults } from './secret-defaults.ts'
import type { Secret } from './secret.ts'
import { validateSecret } from './validate-data.ts'

export const secretKind = defineKind<Secret>({
  group: '',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
  versions: ['v1'],
  columns: [
    nameColumn,
    column<Secret>('Type', 'What the Secret is for.', ({ type }) => type ?? ''),
    column<Secret>('Data', 'The number of entries.', ({ data }) => Object.keys(data ?? {}).length),
    ageColumn,
  ],
  applyDefaults: withSecretDefaults,
  generationChanges: () => false,
  validate: validateSecret,
})
