/** Gateway's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import type { Gateway } from './gateway.ts'
import { adviseGateway } from './advise-gateway.ts'
import { networkingGroup } from './networking-group.ts'
import { validateGateway } from './validate-gateway.ts'

export const gatewayKind = defineKind<Gateway>({
  ...networkingGroup,
  kind: 'Gateway',
  plural: 'gateways',
  shortNames: ['gw'],
  validate: validateGateway,
  advice: adviseGateway,
})
