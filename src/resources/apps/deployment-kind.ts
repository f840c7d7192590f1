/** Deployment's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { withDeploymentDefaults } from './deployment-defaults.ts'
import type { Deployment } from './deployment.ts'
import { scaleSubresource } from './scale-paths.ts'
import { templateColumns } from './template-columns.ts'
import { validateDeployment } from './validate-deployment.ts'

export const deploymentKind = defineKind<Deployment>({
  group: 'apps',
  kind: 'Deployment',
  plural: 'deployments',
  requiresSpec: true,
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  versions: ['v1'],
  subresources: { status: true, scale: scaleSubresource },
  columns: [
    nameColumn,
    column<Deployment>(
      'Ready',
      'Number of the pod with ready state',
      ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 1}`,
    ),
    column<Deployment>(
      'Up-to-date',
      'Pods that have the desired template.',
      ({ status }) => status?.updatedReplicas ?? 0,
      { type: 'integer' },
    ),
    column<Deployment>(
      'Available',
      'Pods that are available (ready for at least minReadySeconds).',
      ({ status }) => status?.availableReplicas ?? 0,
      { type: 'integer' },
    ),
    ageColumn,
    ...templateColumns,
  ],
  applyDefaults: withDeploymentDefaults,
  validate: validateDeployment,
})
