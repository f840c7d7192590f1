/** What Kubernetes refuses in DaemonSets beyond their schema (pkg/apis/apps/validation). */
import { forbidden, invalid, notSupported, required } from '../field-error.ts'
import type { FieldError } from '../kind.ts'
import { amountProblem } from '../meta/amount.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { DaemonSet, DaemonSetSpec } from './daemon-set.ts'
import { isZero, notNegative, percentProblem, validateWorkload } from './validate-workload.ts'

type Errors = readonly FieldError[]

const at = 'spec.updateStrategy.rollingUpdate'

const validateStrategy = ({ updateStrategy }: DaemonSetSpec): Errors => {
  const { type = 'RollingUpdate', rollingUpdate } = updateStrategy ?? {}
  if (type === 'OnDelete') return []
  if (type !== 'RollingUpdate') {
    return [notSupported('spec.updateStrategy', { type }, ['RollingUpdate', 'OnDelete'])]
  }
  const { maxUnavailable = 1, maxSurge = 0 } = rollingUpdate ?? {}
  const amounts = Object.entries({ maxUnavailable, maxSurge }).flatMap(([field, amount]) => {
    const problem = amountProblem(amount) ?? percentProblem(amount)
    return problem === undefined ? [] : [invalid(`${at}.${field}`, amount, problem)]
  })
  const [none, noSurge] = [isZero(maxUnavailable), isZero(maxSurge)]
  return [
    ...amounts,
    ...(none || noSurge
      ? []
      : [invalid(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero')]),
    ...(none && noSurge ? [required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')] : []),
  ]
}

export const validateDaemonSet = (set: DaemonSet, old?: DaemonSet): Errors => [
  ...validateMetadata(set),
  ...validateWorkload(set.spec, old?.spec),
  ...(set.spec.template?.spec?.activeDeadlineSeconds === undefined
    ? []
    : [
        forbidden(
          'spec.template.spec.activeDeadlineSeconds',
          'activeDeadlineSeconds in DaemonSet is not Supported',
        ),
      ]),
  ...validateStrategy(set.spec),
  ...notNegative('spec.revisionHistoryLimit', set.spec.revisionHistoryLimit),
]
