/** What Kubernetes refuses in Deployments and ReplicaSets beyond their schema. */
import { jsonEqual } from '../../primitives/json-value.ts'
import type { PodSpec, PodTemplateSpec } from '../core/pod.ts'
import { validatePodSpec } from '../core/validate-pod-spec.ts'
import { forbidden, invalid, notSupported, required } from '../field-error.ts'
import type { FieldError } from '../kind.ts'
import { amountProblem } from '../meta/amount.ts'
import { isEmptySelector, type LabelSelector, selectsLabels } from '../meta/label-selector.ts'
import { validateLabelSelector, validateLabels } from '../meta/validate-labels.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { Deployment, DeploymentSpec } from './deployment.ts'
import type { ReplicaSet } from './replica-set.ts'

type Errors = readonly FieldError[]

interface WorkloadSpec {
  readonly replicas?: number
  readonly minReadySeconds?: number
  readonly selector: LabelSelector
  readonly template?: PodTemplateSpec
}

const notNegative = (field: string, value: number | undefined): Errors =>
  (value ?? 0) < 0 ? [invalid(field, value ?? 0, 'must be greater than or equal to 0')] : []

/** The schema asks for neither metadata nor spec: Kubernetes then misses the containers, as we do. */
const validateTemplate = (
  template: Partial<PodTemplateSpec>,
  selector: LabelSelector,
  spec: PodSpec = template.spec ?? { containers: [] },
): Errors => [
  ...(isEmptySelector(selector) || selectsLabels(selector, template.metadata?.labels)
    ? []
    : [
        invalid(
          'spec.template.metadata.labels',
          template.metadata?.labels ?? {},
          '`selector` does not match template `labels`; write the same labels in both',
        ),
      ]),
  ...validateLabels('spec.template.metadata.labels', template.metadata?.labels),
  ...validatePodSpec('spec.template.spec', spec),
  ...(spec.restartPolicy === undefined || spec.restartPolicy === 'Always'
    ? []
    : [notSupported('spec.template.spec.restartPolicy', spec.restartPolicy, ['Always'])]),
]

const validateWorkload = (spec: WorkloadSpec, old: WorkloadSpec | undefined): Errors => [
  ...notNegative('spec.replicas', spec.replicas),
  ...notNegative('spec.minReadySeconds', spec.minReadySeconds),
  ...validateLabelSelector('spec.selector', spec.selector),
  ...(isEmptySelector(spec.selector)
    ? [invalid('spec.selector', {}, 'empty selector is invalid; write matchLabels')]
    : []),
  ...(spec.template === undefined
    ? [required('spec.template')]
    : validateTemplate(spec.template, spec.selector)),
  ...(old !== undefined && !jsonEqual(old.selector, spec.selector)
    ? [
        invalid(
          'spec.selector',
          JSON.parse(JSON.stringify(spec.selector)),
          'field is immutable; delete the object to change it',
        ),
      ]
    : []),
]

const isZero = (amount: number | string | undefined): boolean => amount === 0 || amount === '0%'

const validateStrategy = ({ strategy }: DeploymentSpec): Errors => {
  if (strategy === undefined) return []
  const { type, rollingUpdate } = strategy
  if (type === 'Recreate') {
    return rollingUpdate === undefined || rollingUpdate === null
      ? []
      : [
          forbidden(
            'spec.strategy.rollingUpdate',
            "may not be specified when strategy `type` is 'Recreate'; remove it or set it to null",
          ),
        ]
  }
  if (type !== undefined && type !== 'RollingUpdate') {
    return [notSupported('spec.strategy.type', type, ['Recreate', 'RollingUpdate'])]
  }
  const amounts = (['maxSurge', 'maxUnavailable'] as const).flatMap((field) => {
    const problem = amountProblem(rollingUpdate?.[field])
    return problem === undefined
      ? []
      : [invalid(`spec.strategy.rollingUpdate.${field}`, rollingUpdate?.[field] ?? '', problem)]
  })
  return isZero(rollingUpdate?.maxSurge) && isZero(rollingUpdate?.maxUnavailable)
    ? [
        ...amounts,
        invalid('spec.strategy.rollingUpdate.maxUnavailable', 0, 'may not be 0 when `maxSurge` is 0'),
      ]
    : amounts
}

const validateProgress = (spec: DeploymentSpec): Errors => {
  const deadline = spec.progressDeadlineSeconds
  return deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)
    ? [invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')]
    : []
}

export const validateDeployment = (deployment: Deployment, old?: Deployment): Errors => [
  ...validateMetadata(deployment),
  ...validateWorkload(deployment.spec, old?.spec),
  ...notNegative('spec.revisionHistoryLimit', deployment.spec.revisionHistoryLimit),
  ...validateStrategy(deployment.spec),
  ...validateProgress(deployment.spec),
]

export const validateReplicaSet = (replicaSet: ReplicaSet, old?: ReplicaSet): Errors => [
  ...validateMetadata(replicaSet),
  ...validateWorkload(replicaSet.spec, old?.spec),
]
