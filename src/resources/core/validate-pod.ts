/** What Kubernetes refuses in a Pod beyond its schema, on create and on update. */
import { jsonEqual } from '../../primitives/json-value.ts'
import { forbidden } from '../field-error.ts'
import type { FieldError } from '../kind.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { Container } from './container.ts'
import type { Pod, PodSpec } from './pod.ts'
import { validatePodSpec } from './validate-pod-spec.ts'

/** The fields that a running pod may change are made equal, so that what still differs is forbidden. */
const withoutMutable = (spec: PodSpec, old: PodSpec): PodSpec => {
  const images = (containers: readonly Container[]): readonly Container[] =>
    containers.map((container) => ({ ...container, image: '' }))
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, ...rest } = spec
  return {
    ...rest,
    ...(old.terminationGracePeriodSeconds === undefined
      ? {}
      : { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds }),
    // Binding to a node happens once, by the scheduler.
    ...((old.nodeName ?? '') === '' ? { nodeName: '' } : {}),
    containers: images(spec.containers),
    ...(spec.initContainers === undefined ? {} : { initContainers: images(spec.initContainers) }),
  }
}

const validateUpdate = (pod: Pod, old: Pod): readonly FieldError[] =>
  jsonEqual(withoutMutable(pod.spec, old.spec), withoutMutable(old.spec, old.spec))
    ? []
    : [
        forbidden(
          'spec',
          'pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds`, `spec.tolerations` (only additions to existing tolerations), `spec.terminationGracePeriodSeconds`; delete the pod and create it anew',
        ),
      ]

export const validatePod = (pod: Pod, old?: Pod): readonly FieldError[] => [
  ...validateMetadata(pod),
  ...(old === undefined ? validatePodSpec('spec', pod.spec) : validateUpdate(pod, old)),
]
