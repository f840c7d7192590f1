/** The columns of `kubectl get services`. */
import type { Column } from '../kind.ts'
import { formatLabels } from '../meta/format-selector.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import type { Service, ServicePort } from './service.ts'

const joinOr = (items: readonly string[], whenEmpty: string): string =>
  items.length === 0 ? whenEmpty : items.join(',')

const externalAddresses = ({ spec, status }: Service): string => {
  const external = spec.externalIPs ?? []
  switch (spec.type ?? 'ClusterIP') {
    case 'ClusterIP':
    case 'NodePort':
      return joinOr(external, '<none>')
    case 'ExternalName':
      return spec.externalName ?? ''
    case 'LoadBalancer': {
      const ingress = (status?.loadBalancer?.ingress ?? [])
        .map(({ ip, hostname }) => (ip === undefined || ip === '' ? (hostname ?? '') : ip))
        .filter((address) => address !== '')
      return joinOr([...new Set([...ingress, ...external])], '<pending>')
    }
  }
}

const portText = ({ port, nodePort, protocol }: ServicePort): string =>
  nodePort === undefined || nodePort === 0
    ? `${port}/${protocol ?? 'TCP'}`
    : `${port}:${nodePort}/${protocol ?? 'TCP'}`

const clusterAddress = ({ spec }: Service): string => {
  const address = spec.clusterIPs?.[0] ?? spec.clusterIP ?? ''
  return address === '' ? '<none>' : address
}

export const serviceColumns: readonly Column[] = [
  nameColumn,
  column<Service>('Type', 'How the Service is exposed.', ({ spec }) => spec.type ?? 'ClusterIP'),
  column<Service>('Cluster-IP', 'The address inside the cluster.', clusterAddress),
  column<Service>('External-IP', 'The addresses outside the cluster.', externalAddresses),
  column<Service>('Port(s)', 'The ports that the Service exposes.', ({ spec }) =>
    joinOr((spec.ports ?? []).map(portText), '<none>'),
  ),
  ageColumn,
  column<Service>(
    'Selector',
    'The labels of the pods that get the traffic.',
    ({ spec }) => formatLabels(spec.selector),
    { wide: true },
  ),
]
