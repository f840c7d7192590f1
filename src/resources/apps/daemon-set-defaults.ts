/** Kubernetes' defaults of a DaemonSet. */
import { withTemplateDefaults } from '../core/pod-defaults.ts'
import { fill, mapField } from '../fill-defaults.ts'
import type { DaemonSet, DaemonSetSpec, DaemonSetUpdateStrategy } from './daemon-set.ts'

const withStrategy = (strategy: DaemonSetUpdateStrategy): DaemonSetUpdateStrategy => {
  const typed = fill(strategy, { type: 'RollingUpdate' })
  if (typed.type !== 'RollingUpdate') return typed
  return mapField(fill(typed, { rollingUpdate: {} }), 'rollingUpdate', (limits) =>
    fill(limits, { maxUnavailable: 1, maxSurge: 0 }),
  )
}

const withSpec = (spec: DaemonSetSpec): DaemonSetSpec =>
  mapField(
    mapField(fill(spec, { updateStrategy: {}, revisionHistoryLimit: 10 }), 'updateStrategy', withStrategy),
    'template',
    withTemplateDefaults,
  )

export const withDaemonSetDefaults = (set: DaemonSet): DaemonSet => mapField(set, 'spec', withSpec)
