/** What Kubernetes refuses in ReplicaSets beyond their schema. */
import type { FieldError } from '../kind.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { ReplicaSet } from './replica-set.ts'
import { validateWorkload } from './validate-workload.ts'

export const validateReplicaSet = (replicaSet: ReplicaSet, old?: ReplicaSet): readonly FieldError[] => [
  ...validateMetadata(replicaSet),
  ...validateWorkload(replicaSet.spec, old?.spec),
]
