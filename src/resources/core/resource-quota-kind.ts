/** ResourceQuota's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import { amountErrors } from '../meta/resource-amounts.ts'
import type { ResourceQuota } from './resource-quota.ts'

const usage =
  (limits: boolean) =>
  ({ status }: ResourceQuota): string =>
    Object.keys(status?.hard ?? {})
      .filter((name) => name.startsWith('limits.') === limits)
      .sort()
      .map((name) => `${name}: ${status?.used?.[name] ?? 0}/${status?.hard?.[name] ?? 0}`)
      .join(', ')

export const resourceQuotaKind = defineKind<ResourceQuota>({
  group: '',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  namespaced: true,
  versions: ['v1'],
  subresources: { status: true },
  columns: [
    nameColumn,
    column<ResourceQuota>('Request', 'What is requested of what may be.', usage(false)),
    column<ResourceQuota>('Limit', 'The limits that are used of those that may be.', usage(true)),
    ageColumn,
  ],
  generationChanges: () => false,
  validate: (quota) => [...validateMetadata(quota), ...amountErrors('spec.hard', quota.spec?.hard)],
  warnings: () => ['ResourceQuota is stored but not enforced by this cluster: nothing is counted against it'],
})
