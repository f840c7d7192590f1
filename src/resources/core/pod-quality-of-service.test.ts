import { expect, test } from 'vitest'
import type { ResourceRequirements } from './container.ts'
import { qualityOfService } from './pod-quality-of-service.ts'

const both = { limits: { cpu: '1', memory: '1Gi' } }

test.each<readonly [ResourceRequirements, string]>([
  [{}, 'BestEffort'],
  [{ limits: { cpu: '0', memory: 0 } }, 'BestEffort'],
  [{ requests: { cpu: '1' } }, 'Burstable'],
  [{ limits: { cpu: '1' } }, 'Burstable'],
  [both, 'Guaranteed'],
  [{ ...both, requests: { cpu: '1000m', memory: '1024Mi' } }, 'Guaranteed'],
  [{ ...both, requests: { cpu: '500m' } }, 'Burstable'],
])('of a container with %j is %s', (resources, expected) => {
  expect(qualityOfService({ containers: [{ name: 'a', resources }] })).toBe(expected)
})

test('one container without limits makes the pod Burstable, an init container too', () => {
  const guaranteed = { name: 'a', resources: both }
  expect(qualityOfService({ containers: [guaranteed, { name: 'b' }] })).toBe('Burstable')
  expect(qualityOfService({ initContainers: [{ name: 'b' }], containers: [guaranteed] })).toBe('Burstable')
})
