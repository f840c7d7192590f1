/** Endpoints' row in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, listWithMore, nameColumn } from '../meta/printer-columns.ts'
import { fill, mapField } from '../fill-defaults.ts'
import type { EndpointSubset, Endpoints } from './endpoints.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'

const addressesOf = ({ addresses, ports }: EndpointSubset): readonly string[] => {
  const ips = (addresses ?? []).map(({ ip }) => ip)
  const numbers = (ports ?? []).map(({ port }) => port)
  return numbers.length === 0 ? ips : numbers.flatMap((port) => ips.map((ip) => `${ip}:${port}`))
}

export const endpointsKind = defineKind<Endpoints>({
  group: '',
  kind: 'Endpoints',
  plural: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  versions: ['v1'],
  columns: [
    nameColumn,
    column<Endpoints>('Endpoints', 'Addresses and ports that are ready.', ({ subsets }) =>
      listWithMore((subsets ?? []).flatMap(addressesOf), '<none>'),
    ),
    ageColumn,
  ],
  applyDefaults: (endpoints) =>
    mapField(endpoints, 'subsets', (subsets) =>
      subsets.map((subset) =>
        mapField(subset, 'ports', (ports) => ports.map((port) => fill(port, { protocol: 'TCP' }))),
      ),
    ),
  generationChanges: () => false,
  validate: (object) => validateMetadata(object),
})
