/** Kubernetes' defaults of a Deployment (pkg/apis/apps/v1/defaults.go). */
import { withTemplateDefaults } from '../core/pod-defaults.ts'
import { fill, mapField } from '../fill-defaults.ts'
import type { Deployment, DeploymentSpec, DeploymentStrategy } from './deployment.ts'

const withStrategy = (strategy: DeploymentStrategy): DeploymentStrategy => {
  const typed = fill(strategy, { type: 'RollingUpdate' })
  if (typed.type !== 'RollingUpdate') return typed
  return mapField(fill(typed, { rollingUpdate: {} }), 'rollingUpdate', (limits) =>
    fill(limits, { maxSurge: '25%', maxUnavailable: '25%' }),
  )
}

const withSpec = (spec: DeploymentSpec): DeploymentSpec => {
  const filled = fill(spec, {
    replicas: 1,
    strategy: {},
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  })
  return mapField(mapField(filled, 'strategy', withStrategy), 'template', withTemplateDefaults)
}

export const withDeploymentDefaults = (deployment: Deployment): Deployment =>
  mapField(deployment, 'spec', withSpec)
