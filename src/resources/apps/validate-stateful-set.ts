/** What Kubernetes refuses in StatefulSets beyond their schema (pkg/apis/apps/validation). */
import { jsonEqual } from '../../primitives/json-value.ts'
import { validateClaimSpec } from '../core/validate-persistent-volume-claim.ts'
import type { Volume } from '../core/volume.ts'
import { forbidden, invalid, notSupported } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { amountProblem } from '../meta/amount.ts'
import { dnsLabelProblem } from '../meta/name-syntax.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { StatefulSet, StatefulSetSpec } from './stateful-set.ts'
import { isZero, notNegative, percentProblem, validateWorkload } from './validate-workload.ts'

type Errors = readonly FieldError[]

const validatePolicies = (spec: StatefulSetSpec): Errors => {
  const { podManagementPolicy = 'OrderedReady', persistentVolumeClaimRetentionPolicy: retention } = spec
  const retained = (['whenDeleted', 'whenScaled'] as const).flatMap((field) => {
    const value = retention?.[field] ?? 'Retain'
    const at = `spec.persistentVolumeClaimRetentionPolicy.${field}`
    return ['Retain', 'Delete'].includes(value) ? [] : [notSupported(at, value, ['Retain', 'Delete'])]
  })
  return ['OrderedReady', 'Parallel'].includes(podManagementPolicy)
    ? retained
    : [
        invalid('spec.podManagementPolicy', podManagementPolicy, "must be 'OrderedReady' or 'Parallel'"),
        ...retained,
      ]
}

const validateStrategy = ({ updateStrategy }: StatefulSetSpec): Errors => {
  const { type = 'RollingUpdate', rollingUpdate } = updateStrategy ?? {}
  const at = 'spec.updateStrategy.rollingUpdate'
  if (type === 'OnDelete') {
    return rollingUpdate === undefined || rollingUpdate === null
      ? []
      : [invalid(at, { ...rollingUpdate }, "only allowed for updateStrategy 'RollingUpdate'")]
  }
  if (type !== 'RollingUpdate') {
    return [invalid('spec.updateStrategy', { type }, "must be 'RollingUpdate' or 'OnDelete'")]
  }
  const amount = rollingUpdate?.maxUnavailable
  const problem =
    amountProblem(amount) ?? percentProblem(amount) ?? (isZero(amount) ? 'cannot be 0' : undefined)
  return [
    ...notNegative(`${at}.partition`, rollingUpdate?.partition),
    ...(problem === undefined ? [] : [invalid(`${at}.maxUnavailable`, amount ?? '', problem)]),
  ]
}

/** As its pods will have it: with a volume for each claim. */
const withClaimVolumes = (spec: StatefulSetSpec): StatefulSetSpec => {
  if (spec.template?.spec === undefined) return spec
  const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata }): Volume => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: metadata.name },
  }))
  const names = new Set(claims.map(({ name }) => name))
  const volumes = [...claims, ...(spec.template.spec.volumes ?? []).filter(({ name }) => !names.has(name))]
  const { hostname: _hostname, subdomain: _subdomain, ...pod } = spec.template.spec
  return { ...spec, template: { ...spec.template, spec: { ...pod, volumes } } }
}

const validateServiceName = ({ serviceName = '' }: StatefulSetSpec): Errors => {
  const problem = serviceName === '' ? undefined : dnsLabelProblem(serviceName)
  return problem === undefined ? [] : [invalid('spec.serviceName', serviceName, problem)]
}

const validateUpdate = (spec: StatefulSetSpec, old: StatefulSetSpec): Errors => {
  const {
    replicas,
    template,
    updateStrategy,
    minReadySeconds,
    ordinals,
    revisionHistoryLimit,
    persistentVolumeClaimRetentionPolicy,
    ...fixed
  } = spec
  const free = {
    replicas,
    template,
    updateStrategy,
    minReadySeconds,
    ordinals,
    revisionHistoryLimit,
    persistentVolumeClaimRetentionPolicy,
  }
  const allowed = Object.fromEntries(Object.entries({ ...old, ...fixed }).filter(([key]) => !(key in free)))
  const before = Object.fromEntries(Object.entries(old).filter(([key]) => !(key in free)))
  return jsonEqual(allowed, before) && Object.keys(before).every((key) => key in fixed)
    ? []
    : [
        forbidden(
          'spec',
          "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        ),
      ]
}

export const validateStatefulSet = (set: StatefulSet, old?: StatefulSet): Errors => [
  ...validateMetadata(set, old === undefined ? dnsLabelProblem : undefined),
  ...validatePolicies(set.spec),
  ...validateStrategy(set.spec),
  ...notNegative('spec.ordinals.start', set.spec.ordinals?.start),
  ...notNegative('spec.revisionHistoryLimit', set.spec.revisionHistoryLimit),
  ...validateServiceName(set.spec),
  ...validateWorkload(withClaimVolumes(set.spec), undefined),
  ...(set.spec.template?.spec?.activeDeadlineSeconds === undefined
    ? []
    : [
        forbidden(
          'spec.template.spec.activeDeadlineSeconds',
          'activeDeadlineSeconds in StatefulSet is not Supported',
        ),
      ]),
  ...(old === undefined
    ? itemsAt('spec.volumeClaimTemplates', set.spec.volumeClaimTemplates).flatMap(({ path, value }) =>
        validateClaimSpec(child(path, 'spec'), value.spec),
      )
    : validateUpdate(set.spec, old.spec)),
]
