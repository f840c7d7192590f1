/** What Istio warns of in an AuthorizationPolicy that it accepts. */
import { itemsAt } from '../field-path.ts'
import { advise, adviseSelector } from './advise.ts'
import type { Advices } from './advise.ts'
import type { AuthorizationPolicy, AuthorizationRule, Operation, Source } from './authorization-policy.ts'

/** What a proxy knows of a connection of any protocol. */
const TCP_SOURCE_FIELDS: readonly (keyof Source)[] = [
  'principals',
  'notPrincipals',
  'ipBlocks',
  'notIpBlocks',
  'remoteIpBlocks',
  'notRemoteIpBlocks',
  'namespaces',
  'notNamespaces',
  'serviceAccounts',
  'notServiceAccounts',
]
const TCP_OPERATION_FIELDS: readonly (keyof Operation)[] = ['ports', 'notPorts']

const isSet = (values: readonly string[] | undefined): boolean => (values ?? []).length > 0

/** On TCP the attributes of HTTP are not there: a rule of nothing else denies every connection. */
const deniesTcp = ({ from = [], to = [] }: AuthorizationRule): boolean => {
  const fromTcp = from.some(({ source }) => TCP_SOURCE_FIELDS.some((field) => isSet(source?.[field])))
  const toTcp = to.some(({ operation }) => TCP_OPERATION_FIELDS.some((field) => isSet(operation?.[field])))
  return to.length > 0 ? !toTcp : from.length > 0 && !fromTcp
}

const DENIES_TCP =
  'configured AuthorizationPolicy will deny all traffic to TCP ports under its scope due to the use of only HTTP attributes in a DENY rule; it is recommended to explicitly specify the port'

export const adviseAuthorizationPolicy = ({ spec = {} }: AuthorizationPolicy): Advices => [
  ...adviseSelector(spec),
  ...(spec.action === 'DENY'
    ? itemsAt('spec.rules', spec.rules).flatMap(({ path, value }) =>
        advise(deniesTcp(value), path, DENIES_TCP),
      )
    : []),
]
