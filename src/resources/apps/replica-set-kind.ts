/** ReplicaSet's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { withReplicaSetDefaults } from './replica-set-defaults.ts'
import type { ReplicaSet } from './replica-set.ts'
import { scaleSubresource } from './scale-paths.ts'
import { templateColumns } from './template-columns.ts'
import { validateReplicaSet } from './validate-replica-set.ts'

export const replicaSetKind = defineKind<ReplicaSet>({
  group: 'apps',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  requiresSpec: true,
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  versions: ['v1'],
  subresources: { status: true, scale: scaleSubresource },
  columns: [
    nameColumn,
    column<ReplicaSet>('Desired', 'The number of desired pods.', ({ spec }) => spec.replicas ?? 1, {
      type: 'integer',
    }),
    column<ReplicaSet>('Current', 'The number of pods.', ({ status }) => status?.replicas ?? 0, {
      type: 'integer',
    }),
    column<ReplicaSet>('Ready', 'The number of ready pods.', ({ status }) => status?.readyReplicas ?? 0, {
      type: 'integer',
    }),
    ageColumn,
    ...templateColumns,
  ],
  applyDefaults: withReplicaSetDefaults,
  validate: validateReplicaSet,
})
