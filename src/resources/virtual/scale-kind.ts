/** Scale (autoscaling/v1): what the scale subresource of workloads answers with, as kubectl prints it. */
import { defineKind } from '../define-kind.ts'
import type { KubeObject } from '../kube-object.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'

interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number }
  readonly status?: { readonly replicas?: number }
}

export const scaleKind = defineKind<Scale>({
  group: 'autoscaling',
  kind: 'Scale',
  plural: 'scales',
  namespaced: true,
  versions: ['v1'],
  verbs: [],
  columns: [
    nameColumn,
    column<Scale>('Desired', 'How many replicas there should be.', ({ spec }) => spec?.replicas ?? 0, {
      type: 'integer',
    }),
    column<Scale>('Available', 'How many replicas there are.', ({ status }) => status?.replicas ?? 0, {
      type: 'integer',
    }),
    ageColumn,
  ],
})
