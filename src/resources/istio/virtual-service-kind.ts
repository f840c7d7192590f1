/** VirtualService's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { adviseVirtualService } from './advise-virtual-service.ts'
import { networkingGroup } from './networking-group.ts'
import { validateVirtualService } from './validate-virtual-service.ts'
import type { VirtualService } from './virtual-service.ts'

/** A CustomResourceDefinition's column prints an array as JSON: `["myapp-gateway"]`. */
const asJson = (items: readonly string[] | undefined): string =>
  items === undefined ? '' : JSON.stringify(items)

export const virtualServiceKind = defineKind<VirtualService>({
  ...networkingGroup,
  kind: 'VirtualService',
  plural: 'virtualservices',
  shortNames: ['vs'],
  columns: [
    nameColumn,
    column<VirtualService>(
      'Gateways',
      'The names of gateways and sidecars that should apply these routes',
      ({ spec }) => asJson(spec.gateways),
    ),
    column<VirtualService>('Hosts', 'The destination hosts to which traffic is being sent', ({ spec }) =>
      asJson(spec.hosts),
    ),
    ageColumn,
  ],
  validate: validateVirtualService,
  advice: adviseVirtualService,
})
