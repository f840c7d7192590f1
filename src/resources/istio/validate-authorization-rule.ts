/** One rule of an AuthorizationPolicy: from, to and when. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { AuthorizationCondition, AuthorizationRule, Operation, Source } from './authorization-policy.ts'
import {
  addressProblem,
  attributeProblem,
  attributeValueCheck,
  emptyProblem,
  pathProblem,
  portTextProblem,
  serviceAccountProblem,
  trustDomainProblem,
} from './authorization-values.ts'
import type { ValueCheck } from './authorization-values.ts'
import { checked, when } from './when.ts'
import type { Findings } from './when.ts'

/** Source fields that CUSTOM does not know are the identities. */
const SOURCE_CHECKS: readonly (readonly [keyof Source, ValueCheck, 'identity' | 'address'])[] = [
  ['principals', emptyProblem, 'identity'],
  ['notPrincipals', emptyProblem, 'identity'],
  ['requestPrincipals', emptyProblem, 'identity'],
  ['notRequestPrincipals', emptyProblem, 'identity'],
  ['namespaces', emptyProblem, 'identity'],
  ['notNamespaces', emptyProblem, 'identity'],
  ['serviceAccounts', serviceAccountProblem, 'identity'],
  ['notServiceAccounts', serviceAccountProblem, 'identity'],
  ['trustDomains', trustDomainProblem, 'identity'],
  ['notTrustDomains', trustDomainProblem, 'identity'],
  ['ipBlocks', addressProblem, 'address'],
  ['notIpBlocks', addressProblem, 'address'],
  ['remoteIpBlocks', addressProblem, 'address'],
  ['notRemoteIpBlocks', addressProblem, 'address'],
]

const OPERATION_CHECKS: readonly (readonly [keyof Operation, ValueCheck])[] = [
  ['hosts', emptyProblem],
  ['notHosts', emptyProblem],
  ['ports', portTextProblem],
  ['notPorts', portTextProblem],
  ['methods', emptyProblem],
  ['notMethods', emptyProblem],
  ['paths', pathProblem],
  ['notPaths', pathProblem],
]

const validateList = (path: string, values: readonly string[] | undefined, check: ValueCheck): Findings =>
  itemsAt(path, values ?? []).flatMap((value) => checked(value.path, value.value, check))

const isSet = (values: readonly string[] | undefined): boolean => (values ?? []).length > 0

const MOST_ACCOUNTS = 16

const validateAccountCount = (path: string, accounts: readonly string[] = []): Findings =>
  when(
    accounts.length > MOST_ACCOUNTS,
    invalid(path, accounts.length, `may not have more than ${MOST_ACCOUNTS} values`),
  )

const validateSource = (path: string, source: Source, isCustom: boolean): Findings => {
  const has = (field: keyof Source): boolean => (source[field] ?? undefined) !== undefined
  const hasAccounts = has('serviceAccounts') || has('notServiceAccounts')
  const hasOthers = (['principals', 'notPrincipals', 'namespaces', 'notNamespaces'] as const).some(has)
  return [
    ...when(
      hasAccounts && hasOthers,
      forbidden(path, 'cannot set serviceAccounts with namespaces or principals; keep one of them'),
    ),
    ...when(
      SOURCE_CHECKS.every(([field]) => !isSet(source[field])),
      required(path, '`from.source` must not be empty'),
    ),
    ...SOURCE_CHECKS.flatMap(([field, check, about]) => [
      ...when(
        isCustom && about === 'identity' && isSet(source[field]),
        forbidden(child(path, field), 'is currently not supported with CUSTOM action'),
      ),
      ...validateList(child(path, field), source[field], check),
    ]),
    ...(['serviceAccounts', 'notServiceAccounts'] as const).flatMap((field) =>
      validateAccountCount(child(path, field), source[field]),
    ),
  ]
}

const validateOperation = (path: string, operation: Operation): Findings => [
  ...when(
    OPERATION_CHECKS.every(([field]) => !isSet(operation[field])),
    required(path, '`to.operation` must not be empty'),
  ),
  ...OPERATION_CHECKS.flatMap(([field, check]) => validateList(child(path, field), operation[field], check)),
]

/** Keys that only a proxy with identities knows. */
const isIdentityKey = (key: string): boolean =>
  ['source.namespace', 'source.serviceAccount', 'source.trustDomain', 'source.principal'].includes(key) ||
  key.startsWith('request.auth.')

const validateCondition = (path: string, condition: AuthorizationCondition, isCustom: boolean): Findings => {
  const { key = '', values, notValues } = condition
  if (key === '') return [required(child(path, 'key'), '`key` must not be empty')]
  const check = attributeValueCheck(key)
  return [
    ...when(
      isCustom && isIdentityKey(key),
      forbidden(child(path, 'key'), `${key} is currently not supported with CUSTOM action`),
    ),
    ...when(
      !isSet(values) && !isSet(notValues),
      required(path, `at least one of values or notValues must be set for key ${key}`),
    ),
    ...checked(child(path, 'key'), key, attributeProblem),
    ...validateList(child(path, 'values'), values, check),
    ...validateList(child(path, 'notValues'), notValues, check),
    ...(key === 'source.serviceAccount'
      ? [
          ...validateAccountCount(child(path, 'values'), values),
          ...validateAccountCount(child(path, 'notValues'), notValues),
        ]
      : []),
  ]
}

export const validateAuthorizationRule = (
  path: string,
  rule: AuthorizationRule,
  isCustom: boolean,
): Findings => [
  ...itemsAt(child(path, 'from'), rule.from ?? []).flatMap(({ path: at, value: { source } }) =>
    (source ?? undefined) === undefined
      ? [required(child(at, 'source'), '`from.source` must not be nil')]
      : validateSource(child(at, 'source'), source ?? {}, isCustom),
  ),
  ...itemsAt(child(path, 'to'), rule.to ?? []).flatMap(({ path: at, value: { operation } }) =>
    (operation ?? undefined) === undefined
      ? [required(child(at, 'operation'), '`to.operation` must not be nil')]
      : validateOperation(child(at, 'operation'), operation ?? {}),
  ),
  ...itemsAt(child(path, 'when'), rule.when ?? []).flatMap((condition) =>
    validateCondition(condition.path, condition.value, isCustom),
  ),
]
