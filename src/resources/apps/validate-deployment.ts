/** What Kubernetes refuses in Deployments beyond their schema. */
import { forbidden, invalid, notSupported } from '../field-error.ts'
import type { FieldError } from '../kind.ts'
import { amountProblem } from '../meta/amount.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { Deployment, DeploymentSpec } from './deployment.ts'
import { isZero, notNegative, validateWorkload } from './validate-workload.ts'

type Errors = readonly FieldError[]

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
