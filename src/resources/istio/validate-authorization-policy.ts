/** What Istio refuses in an AuthorizationPolicy beyond its schema. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { AuthorizationPolicy, AuthorizationPolicySpec } from './authorization-policy.ts'
import { validatePolicyTarget } from './policy-target.ts'
import { validateAuthorizationRule } from './validate-authorization-rule.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { when } from './when.ts'
import type { Findings } from './when.ts'

const DRY_RUN = 'istio.io/dry-run'
const BOOLEAN = /^(?:1|0|t|f|T|F|true|false|TRUE|FALSE|True|False)$/

const validateDryRun = (
  { metadata }: AuthorizationPolicy,
  { action = 'ALLOW' }: AuthorizationPolicySpec,
): Findings => {
  const value = metadata.annotations?.[DRY_RUN]
  if (value === undefined) return []
  const path = `metadata.annotations[${DRY_RUN}]`
  return [
    ...when(!BOOLEAN.test(value), invalid(path, value, 'must be "true" or "false"')),
    ...when(
      action !== 'ALLOW' && action !== 'DENY',
      forbidden(path, `only ALLOW and DENY have a dry run, not ${action}`),
    ),
  ]
}

const validateAction = ({ action = 'ALLOW', provider, rules = [] }: AuthorizationPolicySpec): Findings => {
  const hasRules = rules.length > 0
  const never =
    'without rules is meaningless as it will never be triggered; add an empty rule {} for every request'
  return [
    ...when(
      !hasRules && (action === 'CUSTOM' || action === 'DENY'),
      required('spec.rules', `${action} action ${never}`),
    ),
    ...when(
      action === 'CUSTOM' && hasRules && (provider?.name ?? '') === '',
      required('spec.provider.name', 'CUSTOM needs the name of an extension provider'),
    ),
    ...when(
      action !== 'CUSTOM' && (provider ?? undefined) !== undefined,
      forbidden('spec.provider', `only goes with action CUSTOM, found ${action}; remove it`),
    ),
  ]
}

export const validateAuthorizationPolicy = (policy: AuthorizationPolicy): Findings => {
  const spec = policy.spec ?? {}
  return [
    ...validateIstioMetadata(policy, true),
    ...validateDryRun(policy, spec),
    ...validatePolicyTarget(spec),
    ...validateAction(spec),
    ...itemsAt(child('spec', 'rules'), spec.rules ?? []).flatMap(({ path, value }) =>
      validateAuthorizationRule(path, value, spec.action === 'CUSTOM'),
    ),
  ]
}
