/** ConfigMap's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import type { ConfigMap } from './config-map.ts'
import { validateConfigMap } from './validate-data.ts'

export const configMapKind = defineKind<ConfigMap>({
  group: '',
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  namespaced: true,
  versions: ['v1'],
  columns: [
    nameColumn,
    column<ConfigMap>(
      'Data',
      'The number of entries.',
      ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    ),
    ageColumn,
  ],
  generationChanges: () => false,
  validate: validateConfigMap,
})
