/** Ingress's and IngressClass's rows in the table of kinds. */
import { defineKind } from '../define-kind.ts'
import { ageColumn, column, listWithMore, nameColumn } from '../meta/printer-columns.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { Ingress, IngressClass } from './ingress.ts'
import { validateIngress } from './validate-ingress.ts'

const hosts = ({ spec }: Ingress): string =>
  listWithMore(
    (spec?.rules ?? []).flatMap(({ host }) => (host === undefined || host === '' ? [] : [host])),
    '*',
  )

const addresses = ({ status }: Ingress): string =>
  (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '').join(',')

export const ingressKind = defineKind<Ingress>({
  group: 'networking.k8s.io',
  kind: 'Ingress',
  plural: 'ingresses',
  shortNames: ['ing'],
  namespaced: true,
  versions: ['v1'],
  subresources: { status: true },
  columns: [
    nameColumn,
    column<Ingress>(
      'Class',
      'The name of the IngressClass resource that should be used for additional configuration',
      ({ spec }) => spec?.ingressClassName ?? '<none>',
    ),
    column<Ingress>(
      'Hosts',
      'Hosts that incoming requests are matched against before the ingress rule',
      hosts,
    ),
    column<Ingress>(
      'Address',
      'Address is a list containing ingress points for the load-balancer',
      addresses,
    ),
    column<Ingress>('Ports', 'Ports of TLS configurations that open', ({ spec }) =>
      (spec?.tls ?? []).length > 0 ? '80, 443' : '80',
    ),
    ageColumn,
  ],
  validate: validateIngress,
  warnings: () => [
    'Ingress is stored but served by no controller of this cluster: write an Istio Gateway and a VirtualService to route into it',
  ],
})

export const ingressClassKind = defineKind<IngressClass>({
  group: 'networking.k8s.io',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  namespaced: false,
  versions: ['v1'],
  columns: [
    nameColumn,
    column<IngressClass>(
      'Controller',
      'Controller that is responsible for handling this class',
      ({ spec }) => spec?.controller ?? '',
    ),
    column<IngressClass>('Parameters', 'A reference to a resource with additional parameters', ({ spec }) => {
      const parameters = spec?.parameters
      if (parameters === undefined) return '<none>'
      const { apiGroup, kind, name } = parameters
      return `${kind}${apiGroup === undefined || apiGroup === '' ? '' : `.${apiGroup}`}/${name}`
    }),
    ageColumn,
  ],
  validate: (object) => validateMetadata(object),
})
