/** CustomResourceDefinition's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { column, nameColumn } from '../meta/printer-columns.ts'
import type { CustomResourceDefinition } from './custom-resource-definition.ts'
import { withDefinitionDefaults } from './definition-defaults.ts'
import { validateDefinition } from './validate-definition.ts'

export const definitionKind = defineKind<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  versions: ['v1'],
  subresources: { status: true },
  requiresSpec: true,
  columns: [
    nameColumn,
    column<CustomResourceDefinition>(
      'Created At',
      'CreationTimestamp is a timestamp representing the server time when this object was created.',
      ({ metadata }) => metadata.creationTimestamp ?? '<unknown>',
    ),
  ],
  applyDefaults: withDefinitionDefaults,
  validate: validateDefinition,
})
