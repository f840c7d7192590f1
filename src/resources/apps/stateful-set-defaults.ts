/** Kubernetes' defaults of a StatefulSet (pkg/apis/apps/v1/defaults.go). */
import { withClaimDefaults } from '../core/persistent-volume-claim-defaults.ts'
import { withTemplateDefaults } from '../core/pod-defaults.ts'
import { fill, mapField } from '../fill-defaults.ts'
import type { StatefulSet, StatefulSetSpec, StatefulSetUpdateStrategy } from './stateful-set.ts'

const withStrategy = (strategy: StatefulSetUpdateStrategy): StatefulSetUpdateStrategy => {
  const typed = fill(strategy, { type: 'RollingUpdate' })
  if (typed.type !== 'RollingUpdate') return typed
  return mapField(fill(typed, { rollingUpdate: {} }), 'rollingUpdate', (rolling) =>
    fill(rolling, { partition: 0 }),
  )
}

const withSpec = (spec: StatefulSetSpec): StatefulSetSpec => {
  const filled = fill(spec, {
    replicas: 1,
    podManagementPolicy: 'OrderedReady',
    updateStrategy: {},
    revisionHistoryLimit: 10,
    persistentVolumeClaimRetentionPolicy: {},
  })
  const rolled = mapField(filled, 'updateStrategy', withStrategy)
  const retained = mapField(rolled, 'persistentVolumeClaimRetentionPolicy', (policy) =>
    fill(policy, { whenDeleted: 'Retain', whenScaled: 'Retain' }),
  )
  const claimed = mapField(retained, 'volumeClaimTemplates', (claims) =>
    claims.map((claim) =>
      fill(withClaimDefaults(claim), { apiVersion: 'v1', kind: 'PersistentVolumeClaim' }),
    ),
  )
  return mapField(claimed, 'template', withTemplateDefaults)
}

export const withStatefulSetDefaults = (set: StatefulSet): StatefulSet => mapField(set, 'spec', withSpec)
