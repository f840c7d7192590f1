/** NodeMetrics and PodMetrics (metrics.k8s.io/v1beta1): what `kubectl top` shows; measured when asked for. */
import { defineKind } from '../define-kind.ts'
import type { Column, Kind } from '../kind.ts'
import type { KubeObject } from '../kube-object.ts'
import { addQuantities, formatQuantity, parseQuantity, type Quantity } from '../../primitives/quantity.ts'
import { column, nameColumn } from '../meta/printer-columns.ts'
import type { Schema } from '../schema.ts'

export interface ResourceUsage {
  readonly cpu: string
  readonly memory: string
}

export interface NodeMetrics extends KubeObject {
  readonly timestamp: string
  readonly window: string
  readonly usage: ResourceUsage
}

export interface PodMetrics extends KubeObject {
  readonly timestamp: string
  readonly window: string
  readonly containers: readonly { readonly name: string; readonly usage: ResourceUsage }[]
}

export const metricsGroup = 'metrics.k8s.io'

const usage: Schema = { type: 'object', additionalProperties: { type: 'string', format: 'quantity' } }
const shared: Readonly<Record<string, Schema>> = {
  metadata: { $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
  timestamp: { type: 'string', format: 'date-time' },
  window: { type: 'string' },
}
const nodeSchema: Schema = { type: 'object', properties: { ...shared, usage } }
const podSchema: Schema = {
  type: 'object',
  properties: {
    ...shared,
    containers: {
      type: 'array',
      items: { type: 'object', properties: { name: { type: 'string' }, usage } },
    },
  },
}

const zero: Quantity = { nano: 0n, format: 'DecimalSI' }

const sum = (texts: readonly string[]): string =>
  formatQuantity(
    texts.reduce((total, text) => {
      const quantity = parseQuantity(text)
      return quantity.ok ? addQuantities(total, quantity.value) : total
    }, zero),
  )

const windowColumn: Column = column<NodeMetrics>(
  'Window',
  'What the rate is taken over.',
  ({ window }) => window,
)

const base = { group: metricsGroup, versions: ['v1beta1'], verbs: ['get', 'list'] } as const

export const metricsKinds: readonly Kind[] = [
  {
    ...defineKind<NodeMetrics>({
      ...base,
      kind: 'NodeMetrics',
      plural: 'nodes',
      namespaced: false,
      columns: [
        nameColumn,
        column<NodeMetrics>('CPU', 'Cores in use.', (metrics) => metrics.usage.cpu),
        column<NodeMetrics>('Memory', 'Memory in use.', (metrics) => metrics.usage.memory),
        windowColumn,
      ],
    }),
    schema: () => nodeSchema,
  },
  {
    ...defineKind<PodMetrics>({
      ...base,
      kind: 'PodMetrics',
      plural: 'pods',
      namespaced: true,
      columns: [
        nameColumn,
        column<PodMetrics>('CPU', 'Cores in use.', ({ containers }) =>
          sum(containers.map((container) => container.usage.cpu)),
        ),
        column<PodMetrics>('Memory', 'Memory in use.', ({ containers }) =>
          sum(containers.map((container) => container.usage.memory)),
        ),
        windowColumn,
      ],
    }),
    schema: () => podSchema,
  },
]
