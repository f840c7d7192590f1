/** DestinationRule's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import type { DestinationRule } from './destination-rule.ts'
import { adviseDestinationRule } from './advise-destination-rule.ts'
import { networkingGroup } from './networking-group.ts'
import { validateDestinationRule } from './validate-destination-rule.ts'

export const destinationRuleKind = defineKind<DestinationRule>({
  ...networkingGroup,
  kind: 'DestinationRule',
  plural: 'destinationrules',
  shortNames: ['dr'],
  columns: [
    nameColumn,
    column<DestinationRule>(
      'Host',
      'The name of a service from the service registry',
      ({ spec }) => spec.host,
    ),
    ageColumn,
  ],
  validate: validateDestinationRule,
  advice: adviseDestinationRule,
})
