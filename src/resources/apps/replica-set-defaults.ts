/** Kubernetes' defaults of a ReplicaSet. */
import { withTemplateDefaults } from '../core/pod-defaults.ts'
import { fill, mapField } from '../fill-defaults.ts'
import type { ReplicaSet } from './replica-set.ts'

export const withReplicaSetDefaults = (replicaSet: ReplicaSet): ReplicaSet =>
  mapField(replicaSet, 'spec', (spec) =>
    mapField(fill(spec, { replicas: 1 }), 'template', withTemplateDefaults),
  )
