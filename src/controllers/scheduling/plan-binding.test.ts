import { expect, test } from 'vitest'
import type { Node, NodeSpec } from '../../resources/core/node.ts'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { StorageClass } from '../../resources/storage/storage-class.ts'
import { planBinding } from './plan-binding.ts'

const aNode = (spec: NodeSpec = {}, labels: Record<string, string> = { zone: 'a', cpus: '8' }): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'weft', labels },
  spec,
})
const aPod = (spec: Record<string, unknown> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [], ...spec },
})
const affinity = (...matchExpressions: unknown[]): Record<string, unknown> => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
    },
  },
})
const taints = [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] as const

test.each([
  ['plain', {}, aNode()],
  ['selected', { nodeSelector: { zone: 'a' } }, aNode()],
  [
    'affine',
    affinity(
      { key: 'zone', operator: 'In', values: ['a', 'b'] },
      { key: 'cpus', operator: 'Gt', values: ['4'] },
    ),
    aNode(),
  ],
  ['tolerant', { tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'db' }] }, aNode({ taints })],
  ['tolerant of all', { tolerations: [{ operator: 'Exists' }] }, aNode({ taints, unschedulable: true })],
  ['with a soft taint', {}, aNode({ taints: [{ key: 'slow', effect: 'PreferNoSchedule' }] })],
])('a pod that is %s is bound', (_, spec, node) => {
  expect(planBinding(aPod(spec), [node])).toEqual({ type: 'bind', node: 'weft' })
})

const selection = "node(s) didn't match Pod's node affinity/selector"
test.each([
  [selection, { nodeSelector: { zone: 'b' } }, aNode()],
  [selection, affinity({ key: 'zone', operator: 'NotIn', values: ['a'] }), aNode()],
  [selection, affinity({ key: 'gpu', operator: 'Exists' }), aNode()],
  [selection, affinity(), aNode()],
  ['node(s) had untolerated taint {dedicated: db}', {}, aNode({ taints })],
  [
    'node(s) had untolerated taint {dedicated: db}',
    { tolerations: [{ key: 'dedicated', value: 'x' }] },
    aNode({ taints }),
  ],
  ['node(s) were unschedulable', {}, aNode({ unschedulable: true })],
])('%s', (reason, spec, node) => {
  expect(planBinding(aPod(spec), [node])).toMatchObject({
    type: 'unschedulable',
    message: `0/1 nodes are available: 1 ${reason}. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.`,
    news: true,
  })
})

test('without nodes a pod waits; what is bound, finished or of another scheduler is left alone', () => {
  expect(planBinding(aPod(), [])).toMatchObject({
    type: 'unschedulable',
    message: 'no nodes available to schedule pods',
  })
  for (const pod of [
    aPod({ nodeName: 'weft' }),
    aPod({ schedulerName: 'mine' }),
    { ...aPod(), status: { phase: 'Failed' as const } },
  ]) {
    expect(planBinding(pod, [aNode()])).toEqual({ type: 'nothing' })
  }
})

const claimed = aPod({ volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] })
const aClaim = (phase: 'Pending' | 'Bound'): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: { storageClassName: 'standard' },
  status: { phase },
})
const aClass = (volumeBindingMode: 'Immediate' | 'WaitForFirstConsumer'): StorageClass => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard' },
  provisioner: 'p',
  volumeBindingMode,
})

test.each([
  ['no claim', undefined, 'Immediate', 'persistentvolumeclaim "data" not found'],
  ['an unbound claim', aClaim('Pending'), 'Immediate', 'pod has unbound immediate PersistentVolumeClaims'],
] as const)('a pod with %s goes nowhere, and is told', (_, claim, mode, message) => {
  const storage = { claim: () => claim, storageClass: () => aClass(mode) }
  expect(planBinding(claimed, [aNode()], storage)).toEqual({
    type: 'unschedulable',
    news: true,
    message: `0/1 nodes are available: ${message}. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.`,
  })
})

test('a pod waits for a claim that waits for it, and goes when that is bound', () => {
  const storageClass = (): StorageClass => aClass('WaitForFirstConsumer')
  const plan = (phase: 'Pending' | 'Bound') =>
    planBinding(claimed, [aNode()], { claim: () => aClaim(phase), storageClass })
  expect(plan('Pending')).toEqual({ type: 'nothing' })
  expect(plan('Bound')).toEqual({ type: 'bind', node: 'weft' })
})
