/** Role's and ClusterRole's rows in the table of kinds. */
import { defineKind, type KindDefinition } from '../define-kind.ts'
import { column, nameColumn } from '../meta/printer-columns.ts'
import { rbacGroup } from './policy-rule.ts'
import type { ClusterRole, Role } from './role.ts'
import { validateClusterRole, validateRole } from './validate-role.ts'

const shared = {
  group: rbacGroup,
  versions: ['v1'],
  columns: [
    nameColumn,
    column<Role>('Created At', 'When the role was made.', ({ metadata }) => metadata.creationTimestamp ?? ''),
  ],
  generationChanges: () => false,
} as const satisfies Partial<KindDefinition<Role>>

export const roleKind = defineKind<Role>({
  ...shared,
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
  validate: validateRole,
})

export const clusterRoleKind = defineKind<ClusterRole>({
  ...shared,
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
  validate: validateClusterRole,
})
