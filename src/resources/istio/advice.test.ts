/** What Istio accepts with a warning, in its words; and what it takes without one. */
import { describe, expect, test } from 'vitest'
import { refusedFields, warnings } from './object-verdict-rig.conformance.ts'

type Row = readonly [kind: string, spec: string, told: readonly string[]]

const to = 'route: [{destination: {host: a}}]'
const http = (rules: string): string => `{hosts: [a.com], http: [${rules}]}`
const server = (tls: string, protocol = 'HTTPS'): string =>
  `{servers: [{hosts: [a.com], port: {number: 443, name: a, protocol: ${protocol}}, tls: {${tls}}}]}`
const ports = 'ports: [{number: 80, name: a, protocol: HTTP}]'
const envoyFilter =
  'EnvoyFilter exposes internal implementation details that may change at any time. Prefer other APIs if possible, and exercise extreme caution, especially around upgrades.'
const noLabels = 'workload selector specified without labels'

const rows: readonly Row[] = [
  [
    'VirtualService',
    `{hosts: [a.com], gateways: [gw.ns.svc], http: [{${to}}]}`,
    [
      'spec.gateways[0]: using legacy gatewayName format "gw.ns.svc"; prefer the <namespace>/<name> format: "ns/gw"',
    ],
  ],
  [
    'VirtualService',
    http(`{mirror_percent: 1, ${to}}`),
    ['spec.http[0].mirror_percent: using deprecated setting "mirrorPercent", use "mirrorPercentage" instead'],
  ],
  [
    'VirtualService',
    http(`{directResponse: {status: 200, body: {string: ${'x'.repeat(102_401)}}}}`),
    ['spec.http[0].directResponse.body: large direct_responses may impact control plane performance'],
  ],
  [
    'VirtualService',
    http(`{${to}}, {${to}}`),
    ['spec.http[1]: virtualService rule #1 not used (only the last rule can have no matches)'],
  ],
  [
    'VirtualService',
    http(
      `{name: one, match: [{uri: {prefix: /a}}], ${to}}, {match: [{name: two, uri: {prefix: /ab}}], ${to}}`,
    ),
    [
      'spec.http[1].match[0].uri.prefix: virtualService rule #1 match "two" of prefix /ab is not used (duplicate/overlapping match in rule #0 of prefix /a on "one")',
    ],
  ],
  [
    'VirtualService',
    http(`{match: [{uri: {prefix: /ab}}], ${to}}, {match: [{uri: {prefix: /a}}], ${to}}`),
    [],
  ],
  [
    'VirtualService',
    `{hosts: [a.com], tcp: [{match: [{port: 1}], ${to}}, {match: [{port: 1, gateways: []}], ${to}}]}`,
    [
      'spec.tcp[1].match[0]: virtualService rule #1 match #0 is not used (duplicate/overlapping match in rule #0)',
      'spec.tcp[1]: virtualService rule #1 not used (all matches used by prior rules)',
    ],
  ],
  [
    'Gateway',
    server(
      'mode: SIMPLE, credentialName: a, cipherSuites: [b, AES128-SHA, AES128-SHA, -ALL], minProtocolVersion: TLSV1_0',
    ),
    [
      'spec.servers[0].tls.cipherSuites: ignoring invalid cipher suites: [b]',
      'spec.servers[0].tls.cipherSuites: ignoring duplicate cipher suites: [AES128-SHA]',
    ],
  ],
  [
    'Gateway',
    server('mode: SIMPLE, credentialName: a, minProtocolVersion: TLSV1_1'),
    [
      'spec.servers[0].tls.minProtocolVersion: TLS version below TLSV1_2 require setting compatible ciphers as by default they no longer include compatible ciphers.',
    ],
  ],
  [
    'Gateway',
    server('credentialName: a'),
    ['spec.servers[0].tls.credentialName: PASSTHROUGH mode does not use certificates, they will be ignored'],
  ],
  [
    'Gateway',
    server('httpsRedirect: true'),
    ['spec.servers[0].tls.httpsRedirect: tls.httpsRedirect should only be used with http servers'],
  ],
  ['Gateway', server('httpsRedirect: true', 'HTTP'), []],
  [
    'DestinationRule',
    '{host: a, trafficPolicy: {loadBalancer: {localityLbSetting: {failoverPriority: [a]}}}}',
    [
      'spec.trafficPolicy.loadBalancer.localityLbSetting: outlier detection policy must be provided for failover',
    ],
  ],
  // Istio drops the warnings of subsets.
  [
    'DestinationRule',
    '{host: a, subsets: [{name: b, trafficPolicy: {outlierDetection: {consecutiveErrors: 1}}}]}',
    [],
  ],
  [
    'ServiceEntry',
    `{hosts: [a.com], ${ports}, resolution: STATIC, endpoints: [{network: b}]}`,
    ['spec.endpoints[0].address: address is unset with network "b"'],
  ],
  [
    'ServiceEntry',
    '{hosts: [a.com, b.com], addresses: [10.0.0.1], ports: [{number: 443, name: a, protocol: TLS}], resolution: DNS}',
    [
      'spec.hosts: service entry can not have more than one host specified simultaneously with address and tcp port',
    ],
  ],
  [
    'Sidecar',
    '{egress: [{hosts: [./*, default/a.com, b/*]}]}',
    ['spec.egress[0].hosts[1]: duplicated egress host: default/a.com'],
  ],
  [
    'Sidecar',
    '{egress: [{hosts: ["*/*", b/*]}]}',
    ['spec.egress[0].hosts: `*/*` host select all resources, no other hosts can be added'],
  ],
  [
    'Sidecar',
    '{ingress: [{port: {number: 80, name: a, protocol: TCP}, connectionPool: {http: {maxRetries: 1}}}]}',
    [
      'spec.ingress[0].connectionPool.http: sidecar: HTTP connection pool settings are configured for port 80 ("a") but its protocol is not HTTP (TCP); only TCP settings will apply',
    ],
  ],
  [
    'AuthorizationPolicy',
    '{action: DENY, rules: [{to: [{operation: {paths: [/a]}}]}, {to: [{operation: {paths: [/a], ports: ["80"]}}]}]}',
    [
      'spec.rules[0]: configured AuthorizationPolicy will deny all traffic to TCP ports under its scope due to the use of only HTTP attributes in a DENY rule; it is recommended to explicitly specify the port',
    ],
  ],
  [
    'RequestAuthentication',
    '{jwtRules: [{issuer: a, jwks: "{\\"kty\\":\\"oct\\",\\"k\\":\\"AAAA\\"}"}]}',
    [
      'spec.jwtRules[0].jwks: jwks key at index 0 contains private key material; only public keys are used for verification',
    ],
  ],
  ['PeerAuthentication', '{selector: {}}', [`spec.selector: ${noLabels}`]],
  ['ProxyConfig', '{selector: {matchLabels: {}}}', [`spec.selector: ${noLabels}`]],
  ['WasmPlugin', '{url: a, selector: {}}', [`spec.selector: ${noLabels}`]],
  ['Telemetry', '{selector: {matchLabels: {a: b}}}', []],
  [
    'EnvoyFilter',
    '{configPatches: [{applyTo: HTTP_FILTER, patch: {operation: ADD, value: {name: a, is_optional: true}}}]}',
    [
      `spec: ${envoyFilter}`,
      'spec.configPatches[0].patch.value: using deprecated types by name without typed_config; a',
    ],
  ],
  [
    'EnvoyFilter',
    '{configPatches: [{applyTo: NETWORK_FILTER, patch: {operation: ADD, value: {nam: a}}}]}',
    [
      `spec: ${envoyFilter}`,
      'spec.configPatches[0].patch.value.nam: Envoy filter: unknown field "nam" in envoy.config.listener.v3.Filter',
    ],
  ],
]

describe('warnings', () => {
  test.each(rows)('%s: %.60s', (kind, spec, told) => {
    expect(refusedFields(kind, spec)).toEqual([])
    expect(warnings(kind, spec)).toEqual(told)
  })
})

describe('JSON Web Keys', () => {
  test.each([
    ['{"keys":[]}', true],
    ['{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}', true],
    ['{"kty":"OKP","crv":"Ed25519","x":"AQ=="}', true],
    ['{}', false],
    ['[]', false],
    ['{"keys":{}}', false],
    ['{"keys":[{"kty":"RSA","e":"AQAB"}]}', false],
    ['{"keys":[{"kty":"EC","crv":"P-256","x":"AAAA","y":"!"}]}', false],
    ['{"keys":[{"kty":"rsa","n":"AQAB","e":"AQAB"}]}', false],
  ])('%s is accepted: %s', (jwks, accepted) => {
    const spec = JSON.stringify({ jwtRules: [{ issuer: 'a', jwks }] })
    expect(refusedFields('RequestAuthentication', spec).length === 0).toBe(accepted)
  })
})
