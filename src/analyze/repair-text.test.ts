import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { parseManifests } from '../manifests/parse-manifests.ts'
import { findFieldRepair } from './field-repairs.ts'
import { repairText } from './repair-text.ts'

const rule = (policy: string): string => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: web
spec:
  host: web
  trafficPolicy:
${policy}`

const route = (http: string): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: web
spec:
  hosts: [web]
  http:
  - route:
    - destination:
        host: web
${http}`

describe('safe repairs', () => {
  test('a missing dash and the spelling of a field', () => {
    const text = `apiVersion: networking.istio.io/v1alpha3
kind: Gateway
metadata:
  name: my-gateway
spec:
  selector:
    istio: ingressgateway # kept
  servers:
    hosts:
    - "*"
  - Port:
      number: 80
      name: http
      protocol: HTTP
`
    expect(repairText(text, 'a').split('\n').slice(6)).toEqual([
      '    istio: ingressgateway # kept',
      '  servers:',
      '  - hosts: ["*"]',
      '    port:',
      '      number: 80',
      '      name: http',
      '      protocol: HTTP',
      '',
    ])
  })

  test.each([
    ['consecutiveErrors: 3', 'consecutive5xxErrors: 3'],
    ['"consecutiveErrors": 3 # three', '"consecutive5xxErrors": 3 # three'],
  ])('%s', (before, after) => {
    const written = (field: string): string => rule(`    outlierDetection:\n      ${field}\n`)
    expect(repairText(written(before), 'a')).toBe(written(after))
  })

  test.each([
    ['    mirrorPercent: 50\n', '    mirrorPercentage: {value: 50}\n'],
    ['    fault: {delay: {percent: 10, fixedDelay: 1s}}\n', undefined],
    ['    fault:\n      abort:\n        percent: 10\n        httpStatus: 500\n', undefined],
  ])('%j', (before, after) => {
    const wanted = after ?? before.replace('percent: 10', 'percentage: {value: 10}')
    expect(repairText(route(before), 'a')).toBe(route(wanted))
  })

  test('an old value', () => {
    expect(repairText(rule('    loadBalancer: {simple: LEAST_CONN}\n'), 'a')).toBe(
      rule('    loadBalancer: {simple: LEAST_REQUEST}\n'),
    )
  })

  test.each([
    [
      'both names are there',
      rule('    outlierDetection:\n      consecutiveErrors: 3\n      consecutive5xxErrors: 4\n'),
    ],
    ['a key twice', `${rule('    loadBalancer: {simple: RANDOM}\n')}  host: b\n`],
    ['nothing is near', route('    zzzzzzzz: 1\n')],
    ['ends of lines and a mark', `\uFEFF${route('    timeout: 1s\r\n')}`],
  ])('%s: nothing is written', (_name, text) => {
    expect(repairText(text, 'a')).toBe(text)
  })
})

describe('properties', () => {
  const slips = fc.constantFrom(
    'timeuot: 1s',
    'Timeout: 1s',
    'retrys: {attempts: 2}',
    'mirrorPercent: 5',
    'rewrit: {uri: /}',
  )
  const breaks = fc.constantFrom('', 'name:web', '\tname: web')
  property.prop([slips, breaks])(
    'what is repaired parses, has nothing left to repair, and stays as it is',
    (slip, broken) => {
      const text = route(`    ${slip}\n${broken === '' ? '' : `    ${broken.replace('\t', '\t\t')}\n`}`)
      const fixed = repairText(text, 'a')
      const { objects, errors } = parseManifests(fixed, 'a')
      expect(fixed).not.toBe(text)
      expect(errors.filter(({ repair }) => repair !== undefined)).toEqual([])
      expect(errors.length > 0 || findFieldRepair(objects, fixed) === undefined).toBe(true)
      expect(repairText(fixed, 'a')).toBe(fixed)
    },
  )
})
