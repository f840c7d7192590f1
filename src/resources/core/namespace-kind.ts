/** Namespace's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { withNamespaceDefaults } from './namespace-defaults.ts'
import type { Namespace } from './namespace.ts'
import { dnsLabelProblem } from '../meta/name-syntax.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'

export const namespaceKind = defineKind<Namespace>({
  group: '',
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  versions: ['v1'],
  subresources: { status: true, others: ['finalize'] },
  columns: [
    nameColumn,
    column<Namespace>('Status', 'The status of the namespace', ({ status }) => status?.phase ?? ''),
    ageColumn,
  ],
  applyDefaults: withNamespaceDefaults,
  generationChanges: () => false,
  validate: (namespace) => validateMetadata(namespace, dnsLabelProblem),
})
