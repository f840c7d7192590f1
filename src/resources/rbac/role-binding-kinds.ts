/** RoleBinding's and ClusterRoleBinding's rows in the table of kinds. */
import { defineKind, type KindDefinition } from '../define-kind.ts'
import { fill, mapField } from '../fill-defaults.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { rbacGroup, type Subject } from './policy-rule.ts'
import type { RoleBinding } from './role.ts'
import { validateClusterRoleBinding, validateRoleBinding } from './validate-role-binding.ts'

const subjectsOf =
  (kind: string) =>
  ({ subjects = [] }: RoleBinding): string =>
    subjects
      .filter((subject) => subject.kind === kind)
      .map(({ namespace, name }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
      .join(', ')

const withSubjectDefaults = (subject: Subject): Subject =>
  subject.kind === 'User' || subject.kind === 'Group' ? fill(subject, { apiGroup: rbacGroup }) : subject

const withDefaults = (binding: RoleBinding): RoleBinding =>
  mapField(
    mapField(binding, 'roleRef', (reference) => fill(reference, { apiGroup: rbacGroup })),
    'subjects',
    (subjects) => subjects.map(withSubjectDefaults),
  )

const shared = {
  group: rbacGroup,
  versions: ['v1'],
  columns: [
    nameColumn,
    column<RoleBinding>(
      'Role',
      'The role that is given.',
      ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`,
    ),
    ageColumn,
    column<RoleBinding>('Users', 'Users in the roleBinding', subjectsOf('User'), { wide: true }),
    column<RoleBinding>('Groups', 'Groups in the roleBinding', subjectsOf('Group'), { wide: true }),
    column<RoleBinding>(
      'ServiceAccounts',
      'ServiceAccounts in the roleBinding',
      subjectsOf('ServiceAccount'),
      { wide: true },
    ),
  ],
  generationChanges: () => false,
  applyDefaults: withDefaults,
} as const satisfies Partial<KindDefinition<RoleBinding>>

export const roleBindingKind = defineKind<RoleBinding>({
  ...shared,
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
  validate: validateRoleBinding,
})

export const clusterRoleBindingKind = defineKind<RoleBinding>({
  ...shared,
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
  validate: validateClusterRoleBinding,
})
