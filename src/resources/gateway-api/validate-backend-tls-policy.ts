/** The CEL rules of BackendTLSPolicy. */
import { forbidden, invalid, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import { when } from '../istio/when.ts'
import type { Findings } from '../istio/when.ts'
import type { KubeObject } from '../kube-object.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'

interface PolicyTarget {
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly sectionName?: string
}

interface AlternativeName {
  readonly type: string
  readonly hostname?: string
  readonly uri?: string
}

export interface BackendTlsPolicy extends KubeObject {
  readonly spec: {
    readonly targetRefs: readonly PolicyTarget[]
    readonly validation: {
      readonly caCertificateRefs?: readonly object[]
      readonly wellKnownCACertificates?: string
      readonly subjectAltNames?: readonly AlternativeName[]
    }
  }
}

const isSame = (one: PolicyTarget, other: PolicyTarget): boolean =>
  one.group === other.group && one.kind === other.kind && one.name === other.name

const validateTargets = (targets: readonly PolicyTarget[]): Findings =>
  itemsAt('spec.targetRefs', targets).flatMap(({ path, value, index }) => {
    const section = value.sectionName ?? ''
    const earlier = targets.slice(0, index).filter((other) => isSame(value, other))
    return [
      ...when(
        earlier.some(({ sectionName = '' }) => (sectionName === '') !== (section === '')),
        required(
          child(path, 'sectionName'),
          'sectionName must be specified when targetRefs includes 2 or more references to the same target',
        ),
      ),
      ...when(
        earlier.some(({ sectionName = '' }) => sectionName === section),
        invalid(
          child(path, 'sectionName'),
          section,
          'sectionName must be unique when targetRefs includes 2 or more references to the same target',
        ),
      ),
    ]
  })

const validateName = (path: string, name: AlternativeName): Findings =>
  (
    [
      ['Hostname', 'hostname'],
      ['URI', 'uri'],
    ] as const
  ).flatMap(([type, field]) => {
    const isSet = (name[field] ?? '') !== ''
    return [
      ...when(
        name.type === type && !isSet,
        required(
          child(path, field),
          `SubjectAltName element must contain ${type}, if Type is set to ${type}`,
        ),
      ),
      ...when(
        name.type !== type && isSet,
        forbidden(
          child(path, field),
          `SubjectAltName element must not contain ${type}, if Type is not set to ${type}`,
        ),
      ),
    ]
  })

export const validateBackendTlsPolicy = (policy: BackendTlsPolicy): Findings => {
  const { targetRefs, validation } = policy.spec
  const hasOwn = (validation.caCertificateRefs ?? []).length > 0
  const hasWellKnown = (validation.wellKnownCACertificates ?? '') !== ''
  return [
    ...validateMetadata(policy),
    ...validateTargets(targetRefs),
    ...when(
      hasOwn && hasWellKnown,
      forbidden('spec.validation', 'must not contain both CACertificateRefs and WellKnownCACertificates'),
    ),
    ...when(
      !hasOwn && !hasWellKnown,
      required('spec.validation', 'must specify either CACertificateRefs or WellKnownCACertificates'),
    ),
    ...itemsAt('spec.validation.subjectAltNames', validation.subjectAltNames).flatMap(({ path, value }) =>
      validateName(path, value),
    ),
  ]
}
