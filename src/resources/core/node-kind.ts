/** Node's row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { fill, mapField } from '../fill-defaults.ts'
import type { Node } from './node.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'

const ROLE_PREFIX = 'node-role.kubernetes.io/'

const statusText = ({ spec, status }: Node): string => {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  const text = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return spec?.unschedulable === true ? `${text},SchedulingDisabled` : text
}

const roles = ({ metadata }: Node): string => {
  const named = Object.entries(metadata.labels ?? {}).flatMap(([label, value]) => {
    if (label.startsWith(ROLE_PREFIX)) return [label.slice(ROLE_PREFIX.length)].filter((role) => role !== '')
    return label === 'kubernetes.io/role' && value !== '' ? [value] : []
  })
  return named.length === 0 ? '<none>' : [...new Set(named)].sort().join(',')
}

const address =
  (wanted: string) =>
  ({ status }: Node): string =>
    status?.addresses?.find(({ type }) => type === wanted)?.address ?? '<none>'

const orUnknown = (text: string | undefined): string =>
  text === undefined || text === '' ? '<unknown>' : text

export const nodeKind = defineKind<Node>({
  group: '',
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  versions: ['v1'],
  subresources: { status: true, others: ['proxy'] },
  columns: [
    nameColumn,
    column<Node>('Status', 'The status of the node', statusText),
    column<Node>('Roles', 'The roles of the node', roles),
    ageColumn,
    column<Node>(
      'Version',
      'Kubelet Version reported by the node.',
      ({ status }) => status?.nodeInfo?.kubeletVersion ?? '',
    ),
    column<Node>('Internal-IP', 'The address inside the cluster.', address('InternalIP'), { wide: true }),
    column<Node>('External-IP', 'The address outside the cluster.', address('ExternalIP'), { wide: true }),
    column<Node>(
      'OS-Image',
      'OS Image reported by the node.',
      ({ status }) => orUnknown(status?.nodeInfo?.osImage),
      { wide: true },
    ),
    column<Node>(
      'Kernel-Version',
      'Kernel Version reported by the node.',
      ({ status }) => orUnknown(status?.nodeInfo?.kernelVersion),
      { wide: true },
    ),
    column<Node>(
      'Container-Runtime',
      'ContainerRuntime Version reported by the node.',
      ({ status }) => orUnknown(status?.nodeInfo?.containerRuntimeVersion),
      { wide: true },
    ),
  ],
  applyDefaults: (node) =>
    mapField(node, 'status', (status) =>
      status.capacity === undefined ? status : fill(status, { allocatable: status.capacity }),
    ),
  generationChanges: () => false,
  validate: (object) => validateMetadata(object),
})
