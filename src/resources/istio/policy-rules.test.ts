/** Verdicts of Istio's CustomResourceDefinitions and webhook on policies and extensions, one rule a row. */
import { describe, expect, test } from 'vitest'
import { refusedFields } from './object-verdict-rig.conformance.ts'

type Row = readonly [kind: string, spec: string, refused: readonly string[]]

const accounts = Array.from({ length: 17 }, (_, index) => `a${index}`).join(', ')

const rows: readonly Row[] = [
  ['AuthorizationPolicy', 'action: DENY, rules: []', ['rules']],
  [
    'AuthorizationPolicy',
    'rules: [{from: [{source: {serviceAccounts: [], principals: [a]}}]}]',
    ['rules[0].from[0].source'],
  ],
  [
    'AuthorizationPolicy',
    `rules: [{when: [{key: source.serviceAccount, values: [${accounts}]}]}]`,
    ['rules[0].when[0].values'],
  ],
  ['AuthorizationPolicy', 'selector: {matchLabels: {a: b}}, targetRefs: []', ['']],
  [
    'RequestAuthentication',
    'jwtRules: [{issuer: a, jwks: "{\\"keys\\":[]}", jwksUri: "https://a"}]',
    ['jwtRules[0]'],
  ],
  [
    'PeerAuthentication',
    'selector: {matchLabels: {a: b}}, portLevelMtls: {"080": {mode: STRICT}}',
    ['portLevelMtls[080]'],
  ],
  ['RequestAuthentication', 'jwtRules: [{issuer: a, jwksUri: ""}]', ['jwtRules[0].jwksUri']],
  ['RequestAuthentication', 'jwtRules: [{issuer: a, jwksUri: "https://a:99999/b"}]', []],
  ['RequestAuthentication', 'jwtRules: [{issuer: a, presence: REQUIRED}]', []],
  ['RequestAuthentication', 'jwtRules: [{issuer: a, presence: OFTEN}]', ['jwtRules[0].presence']],
  ['Telemetry', 'accessLogging: [{filter: {}}]', ['accessLogging[0].filter.expression']],
  ['Telemetry', 'accessLogging: [{filter: {expression: +1}}]', ['accessLogging[0].filter.expression']],
  ['Telemetry', 'metrics: [{reportingInterval: 0s}]', ['metrics[0].reportingInterval']],
  [
    'Telemetry',
    'metrics: [{overrides: [{tagOverrides: {a: {operation: REMOVE, value: ""}}}]}]',
    ['metrics[0].overrides[0].tagOverrides[a].value'],
  ],
  ['Telemetry', 'tracing: [{disableContextPropagation: true}]', []],
  ['WasmPlugin', 'url: a, match: [{ports: [{number: 80}, {number: 80}]}]', ['match[0].ports[1].number']],
  [
    'WasmPlugin',
    'url: a, vmConfig: {env: [{name: a, valueFrom: HOST, value: ""}]}',
    ['vmConfig.env[0].value'],
  ],
  [
    'EnvoyFilter',
    'configPatches: [{applyTo: NETWORK_FILTER, patch: {operation: MERGE_AND_REPLACE_LIST, value: {}}}]',
    [],
  ],
]

describe('policies', () => {
  test.each(rows)('%s: %s', (kind, spec, refused) => {
    expect(refusedFields(kind, `{${spec}}`)).toEqual(refused)
  })

  test('an EnvoyFilter has one kind of target, in its own namespace', () => {
    expect(refusedFields('EnvoyFilter', '{workloadSelector: {labels: {a: b}}, targetRefs: []}')).toEqual([
      'targetRefs',
    ])
    expect(refusedFields('EnvoyFilter', '{targetRefs: [{kind: Service, name: a, namespace: b}]}')).toEqual([
      'targetRefs[0].namespace',
    ])
  })

  test.each(['webhook-always-reject', 'parents', 'parent-namespace'])(
    'annotation %s is istiod’s own',
    (name) => {
      const annotations = { [`internal.istio.io/${name}`]: 'a' }
      const refused = refusedFields('PeerAuthentication', '{}', { annotations })
      expect(refused).toEqual([`metadata.annotations[internal.istio.io/${name}]`])
    },
  )

  test('a namespace is a DNS label', () => {
    expect(refusedFields('PeerAuthentication', '{}', { namespace: 'a.b' })).toEqual(['metadata.namespace'])
  })
})
