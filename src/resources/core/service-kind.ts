/** Service's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { serviceColumns } from './service-columns.ts'
import { withServiceDefaults } from './service-defaults.ts'
import type { Service } from './service.ts'
import { validateService } from './validate-service.ts'

export const serviceKind = defineKind<Service>({
  group: '',
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  versions: ['v1'],
  subresources: { status: true, others: ['proxy'] },
  columns: serviceColumns,
  applyDefaults: withServiceDefaults,
  // Kubernetes counts no generation for Services.
  generationChanges: () => false,
  validate: validateService,
})
