import { expect, test } from 'vitest'
import type { Node } from '../../resources/core/node.ts'
import { planSilentNode } from './plan-node-health.ts'

const now = Date.parse('2026-01-01T00:01:00Z')
const node: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'weft', creationTimestamp: '2026-01-01T00:00:00Z' },
  status: {
    conditions: [
      { type: 'Ready', status: 'True', lastHeartbeatTime: '2026-01-01T00:00:10Z', reason: 'KubeletReady' },
      { type: 'NetworkUnavailable', status: 'False' },
    ],
  },
}

test('a silent node is unknown, and that is said once', () => {
  const status = planSilentNode(node, now)
  const said = new Map(status?.conditions?.map((condition) => [condition.type, condition]))
  expect(said.get('NetworkUnavailable')?.status).toBe('False')
  expect(said.get('Ready')).toEqual({
    type: 'Ready',
    status: 'Unknown',
    lastHeartbeatTime: '2026-01-01T00:00:10Z',
    lastTransitionTime: '2026-01-01T00:01:00Z',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  })
  expect(said.get('DiskPressure')).toMatchObject({
    status: 'Unknown',
    reason: 'NodeStatusNeverUpdated',
    message: 'Kubelet never posted node status.',
  })
  expect(planSilentNode({ ...node, status: status ?? {} }, now)).toBeUndefined()
})
