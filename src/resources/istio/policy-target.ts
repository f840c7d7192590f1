/** What a policy applies to: a selector of workloads, or references to objects. */
import { forbidden, invalid, notSupported, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { present, when } from './when.ts'
import type { Findings } from './when.ts'

export interface TargetReference {
  readonly group?: string
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
}

export interface PolicyTarget {
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> }
  readonly targetRef?: TargetReference
  readonly targetRefs?: readonly TargetReference[]
}

const GATEWAY_API = 'gateway.networking.k8s.io'

/** `group/kind` of what may be referred to; the core group is empty. */
const TARGETS: readonly string[] = [
  '/Service',
  'networking.istio.io/ServiceEntry',
  `${GATEWAY_API}/Gateway`,
  `${GATEWAY_API}/GatewayClass`,
]

/** Labels without wildcards and empty keys; the rules of selectors of all of Istio's policies. */
export const validateSelectorLabels = (
  path: string,
  labels: Readonly<Record<string, string>> | undefined,
): Findings =>
  Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...when(key === '', invalid(path, `=${value}`, 'empty key is not supported in selector')),
    ...when(
      `${key}${value}`.includes('*'),
      invalid(path, `${key}=${value}`, 'wildcard is not supported in selector'),
    ),
  ])

const validateReference = (path: string, reference: TargetReference): Findings => {
  const { group = '', kind = '', name = '', namespace = '' } = reference
  const target = `${group === 'core' ? '' : group}/${kind}`
  return [
    ...when(name === '', required(child(path, 'name'), 'name the object')),
    ...when(
      namespace !== '',
      forbidden(
        child(path, 'namespace'),
        'cross namespace referencing is not supported; remove the namespace',
      ),
    ),
    ...when(!TARGETS.includes(target), notSupported(child(path, 'kind'), target, TARGETS)),
  ]
}

export const validatePolicyTarget = (spec: PolicyTarget): Findings => {
  const set = [
    ...((spec.selector ?? undefined) === undefined ? [] : ['selector']),
    ...((spec.targetRef ?? undefined) === undefined ? [] : ['targetRef']),
    // Istio's CustomResourceDefinitions count an empty list as well.
    ...((spec.targetRefs ?? undefined) === undefined ? [] : ['targetRefs']),
  ]
  return [
    ...when(
      set.length > 1,
      forbidden('spec', `only one of targetRefs or selector can be set, not ${set.join(' and ')}; keep one`),
    ),
    ...validateSelectorLabels('spec.selector.matchLabels', spec.selector?.matchLabels),
    ...present(spec.targetRef, (reference) => validateReference('spec.targetRef', reference)),
    ...itemsAt('spec.targetRefs', spec.targetRefs ?? []).flatMap(({ path, value }) =>
      validateReference(path, value),
    ),
  ]
}
