/** DaemonSet's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { formatLabels } from '../meta/format-selector.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { withDaemonSetDefaults } from './daemon-set-defaults.ts'
import type { DaemonSet, DaemonSetStatus } from './daemon-set.ts'
import { templateColumns } from './template-columns.ts'
import { validateDaemonSet } from './validate-daemon-set.ts'

const count = (name: string, description: string, of: (status: DaemonSetStatus) => number | undefined) =>
  column<DaemonSet>(name, description, ({ status }) => (status === undefined ? 0 : (of(status) ?? 0)), {
    type: 'integer',
  })

export const daemonSetKind = defineKind<DaemonSet>({
  group: 'apps',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  requiresSpec: true,
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  versions: ['v1'],
  subresources: { status: true },
  columns: [
    nameColumn,
    count('Desired', 'Nodes that should run the daemon pod.', (status) => status.desiredNumberScheduled),
    count('Current', 'Nodes that run the daemon pod.', (status) => status.currentNumberScheduled),
    count('Ready', 'Nodes whose daemon pod is ready.', (status) => status.numberReady),
    count('Up-to-date', 'Nodes that run the updated daemon pod.', (status) => status.updatedNumberScheduled),
    count('Available', 'Nodes whose daemon pod is available.', (status) => status.numberAvailable),
    column<DaemonSet>('Node Selector', 'The labels of the nodes.', ({ spec }) =>
      formatLabels(spec.template?.spec?.nodeSelector),
    ),
    ageColumn,
    ...templateColumns,
  ],
  applyDefaults: withDaemonSetDefaults,
  validate: validateDaemonSet,
})
