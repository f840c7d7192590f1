import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../resources/kube-object.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import { translateMesh } from '../translate/mesh-state.ts'
import { DEFAULT_SETTINGS } from './proxy-view.ts'
import { createViewer } from './viewer.ts'

const object = (kind: string, namespace: string, name: string, spec: JsonObject): KubeObject =>
  ({ apiVersion: 'v1', kind, metadata: { namespace, name }, spec }) as unknown as KubeObject

const service = (namespace: string, name: string): KubeObject =>
  object('Service', namespace, name, { clusterIP: '10.96.0.1', ports: [{ name: 'http', port: 80 }] })

const MESH = [
  service('shop', 'cart'),
  service('shop', 'stock'),
  service('bank', 'pay'),
  object('VirtualService', 'shop', 'cart', {
    hosts: ['cart'],
    http: [{ route: [{ destination: { host: 'pay.bank.svc.cluster.local' } }] }],
  }),
]

const sidecar = (
  namespace: string,
  name: string,
  hosts: readonly string[],
  more: JsonObject = {},
): KubeObject => object('Sidecar', namespace, name, { egress: [{ hosts }], ...more })

/** The services that a workload of `shop` sees, and what becomes of unknown destinations. */
const seen = (...sidecars: readonly KubeObject[]): string => {
  const mesh = {
    settings: DEFAULT_SETTINGS,
    ...translateMesh([...MESH, ...sidecars], DEFAULT_SETTINGS.domain),
  }
  const proxy = { type: 'sidecar' as const, name: 'p', namespace: 'shop', labels: { app: 'web' } }
  const { outbound, settings } = createViewer().view(mesh, proxy)
  const names = outbound.services.map((view) => view.service.name).toSorted()
  return `${names.join(' ')}: ${outbound.tables.length} tables, ${settings.unknownDestinations}`
}

describe('what a Sidecar lets a workload see', () => {
  test.each<[string, readonly KubeObject[], string]>([
    ['none: everything', [], 'cart pay stock: 1 tables, pass'],
    [
      'its own namespace, and where its routes lead',
      [sidecar('shop', 'a', ['./*'])],
      'cart pay stock: 1 tables, pass',
    ],
    ['another namespace', [sidecar('shop', 'a', ['bank/*'])], 'pay: 0 tables, pass'],
    ['one host of any', [sidecar('shop', 'a', ['*/stock.shop.svc.cluster.local'])], 'stock: 0 tables, pass'],
    ['nothing', [sidecar('shop', 'a', ['~/*'])], ': 0 tables, pass'],
    ['of another namespace', [sidecar('bank', 'a', ['~/*'])], 'cart pay stock: 1 tables, pass'],
    ['of the root namespace', [sidecar('istio-system', 'a', ['bank/*'])], 'pay: 0 tables, pass'],
    [
      "the namespace's before the root's",
      [sidecar('istio-system', 'a', ['~/*']), sidecar('shop', 'a', ['bank/*'])],
      'pay: 0 tables, pass',
    ],
    [
      "the workload's before the namespace's",
      [
        sidecar('shop', 'a', ['~/*']),
        sidecar('shop', 'b', ['bank/*'], { workloadSelector: { labels: { app: 'web' } } }),
        sidecar('shop', 'c', ['~/*'], { workloadSelector: { labels: { app: 'other' } } }),
      ],
      'pay: 0 tables, pass',
    ],
    [
      'what it says of unknown destinations',
      [object('Sidecar', 'shop', 'a', { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } })],
      'cart pay stock: 1 tables, refuse',
    ],
  ])('%s', (_, sidecars, wanted) => expect(seen(...sidecars)).toBe(wanted))
})
