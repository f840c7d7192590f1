import { expect, test } from 'vitest'
import { destinationRule, setOf, virtualService } from './object-set-rig.conformance.ts'
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

test('fields that were renamed are told with the release', () => {
  const rule = 'hosts: [a], http: [{corsPolicy: {allowOrigin: ["*"]}, route: [{destination: {host: a}}]}]'
  const found = oldValues(
    setOf(
      virtualService('v', rule) +
        destinationRule('d', 'host: a, trafficPolicy: {loadBalancer: {warmupDurationSecs: 10s}}'),
    ),
  )
  expect(found.map(({ field, message }) => `${field ?? ''}: ${message}`)).toEqual([
    'spec.http[0].corsPolicy.allowOrigin: allowOrigin is the old name of allowOrigins; it is called so since Istio 1.5',
    'spec.trafficPolicy.loadBalancer.warmupDurationSecs: warmupDurationSecs is the old name of warmup.duration; it is called so since Istio 1.24',
  ])
})

test('the new name is silent', () => {
  expect(fields('host: a, trafficPolicy: {loadBalancer: {simple: LEAST_REQUEST}}')).toEqual([])
})
