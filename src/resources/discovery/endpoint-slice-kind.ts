/** EndpointSlice's row in the table of kinds. */
import { jsonEqual } from '../../primitives/json-value.ts'
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, listWithMore, nameColumn } from '../meta/printer-columns.ts'
import { fill, mapField } from '../fill-defaults.ts'
import type { EndpointSlice } from './endpoint-slice.ts'
import { validateEndpointSlice } from './validate-endpoint-slice.ts'

export const endpointSliceKind = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
  versions: ['v1'],
  columns: [
    nameColumn,
    column<EndpointSlice>(
      'AddressType',
      'The type of address carried by this EndpointSlice.',
      ({ addressType }) => addressType,
    ),
    column<EndpointSlice>('Ports', 'The network ports exposed by each endpoint.', ({ ports }) =>
      listWithMore(
        (ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : String(port))),
        '<unset>',
      ),
    ),
    column<EndpointSlice>('Endpoints', 'The endpoints of this slice.', ({ endpoints }) =>
      listWithMore(
        endpoints.flatMap(({ addresses }) => addresses),
        '<unset>',
      ),
    ),
    ageColumn,
  ],
  applyDefaults: (slice) =>
    mapField(slice, 'ports', (ports) => ports.map((port) => fill(port, { name: '', protocol: 'TCP' }))),
  generationChanges: (slice, old) =>
    !jsonEqual(slice.endpoints, old.endpoints) || !jsonEqual(slice.ports, old.ports),
  validate: validateEndpointSlice,
})
