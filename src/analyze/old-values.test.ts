import { expect, test } from 'vitest'
import { destinationRule, setOf } from './object-set-rig.conformance.ts'
import { oldValues } from './old-values.ts'

const fields = (spec: string): readonly (string | undefined)[] =>
  oldValues(setOf(destinationRule('a', spec))).map(({ field }) => field)

test('LEAST_CONN is found in every policy', () => {
  const policy =
    '{loadBalancer: {simple: LEAST_CONN}, portLevelSettings: [{loadBalancer: {simple: LEAST_CONN}}]}'
  expect(
    fields(`host: a, trafficPolicy: ${policy}, subsets: [{name: v1, trafficPolicy: ${policy}}]`),
  ).toEqual([
    'spec.trafficPolicy.loadBalancer.simple',
    'spec.trafficPolicy.portLevelSettings[0].loadBalancer.simple',
    'spec.subsets[0].trafficPolicy.loadBalancer.simple',
    'spec.subsets[0].trafficPolicy.portLevelSettings[0].loadBalancer.simple',
  ])
})

test('the new name is silent', () => {
  expect(fields('host: a, trafficPolicy: {loadBalancer: {simple: LEAST_REQUEST}}')).toEqual([])
})
