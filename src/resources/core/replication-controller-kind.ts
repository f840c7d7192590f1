/** ReplicationController's row in the table of kinds. */
import { scaleSubresource } from '../apps/scale-paths.ts'
import { validateWorkload } from '../apps/validate-workload.ts'
import { defineKind } from '../define-kind.ts'
import { fill, mapField } from '../fill-defaults.ts'
import type { FieldError } from '../kind.ts'
import { formatLabels } from '../meta/format-selector.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import { withTemplateDefaults } from './pod-defaults.ts'
import type { ReplicationController } from './replication-controller.ts'

const containersOf = ({ spec }: ReplicationController) => spec.template?.spec.containers ?? []

/** Defaults come before the check that there is a spec. */
const templateLabels = ({ spec }: Partial<ReplicationController>) => spec?.template?.metadata?.labels

/** Labels and selector are those of the template where there are none (pkg/apis/core/v1/defaults.go). */
const withDefaults = (controller: ReplicationController): ReplicationController => {
  const labels = templateLabels(controller)
  const own = labels === undefined ? {} : { labels }
  const complete = mapField(controller, 'spec', (spec) =>
    mapField(
      fill(spec, { replicas: 1, ...(labels === undefined ? {} : { selector: labels }) }),
      'template',
      withTemplateDefaults,
    ),
  )
  return mapField(complete, 'metadata', (metadata) => fill(metadata, own))
}

const validate = (controller: ReplicationController): readonly FieldError[] => [
  ...validateMetadata(controller),
  ...validateWorkload(
    { ...controller.spec, selector: { matchLabels: controller.spec.selector ?? {} } },
    undefined,
  ),
]

export const replicationControllerKind = defineKind<ReplicationController>({
  group: '',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  requiresSpec: true,
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  versions: ['v1'],
  subresources: { status: true, scale: scaleSubresource },
  columns: [
    nameColumn,
    column<ReplicationController>(
      'Desired',
      'The number of desired pods.',
      ({ spec }) => spec.replicas ?? 1,
      {
        type: 'integer',
      },
    ),
    column<ReplicationController>('Current', 'The number of pods.', ({ status }) => status?.replicas ?? 0, {
      type: 'integer',
    }),
    column<ReplicationController>(
      'Ready',
      'The number of ready pods.',
      ({ status }) => status?.readyReplicas ?? 0,
      { type: 'integer' },
    ),
    ageColumn,
    column<ReplicationController>(
      'Containers',
      'Names of each container in the template.',
      (controller) =>
        containersOf(controller)
          .map(({ name }) => name)
          .join(','),
      { wide: true },
    ),
    column<ReplicationController>(
      'Images',
      'Images referenced by each container in the template.',
      (controller) =>
        containersOf(controller)
          .map(({ image }) => image ?? '')
          .join(','),
      { wide: true },
    ),
    column<ReplicationController>(
      'Selector',
      'The labels of the pods.',
      ({ spec }) => formatLabels(spec.selector),
      { wide: true },
    ),
  ],
  applyDefaults: withDefaults,
  validate,
})
