/** StatefulSet's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { scaleSubresource } from './scale-paths.ts'
import { withStatefulSetDefaults } from './stateful-set-defaults.ts'
import type { StatefulSet } from './stateful-set.ts'
import { templateColumns } from './template-columns.ts'
import { validateStatefulSet } from './validate-stateful-set.ts'

export const statefulSetKind = defineKind<StatefulSet>({
  group: 'apps',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  requiresSpec: true,
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  versions: ['v1'],
  subresources: { status: true, scale: scaleSubresource },
  columns: [
    nameColumn,
    column<StatefulSet>(
      'Ready',
      'Number of the pod with ready state',
      ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 1}`,
    ),
    ageColumn,
    ...templateColumns.filter(({ name }) => name !== 'Selector'),
  ],
  applyDefaults: withStatefulSetDefaults,
  validate: validateStatefulSet,
})
