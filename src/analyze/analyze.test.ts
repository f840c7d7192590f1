import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { allAnalyzers } from './all-analyzers.ts'
import { analyze } from './analyze.ts'
import { catalogue, findCatalogueEntry, formatMessage } from './catalogue.ts'
import { certificateProblem } from './certificate.ts'
import { createObjectSet } from './object-set.ts'
import { gateway, object, service, setOf, virtualService } from './object-set-rig.conformance.ts'
import { parseSuppression } from './suppression.ts'

const bound = virtualService(
  'vs',
  'hosts: [a.com], gateways: [none], http: [{directResponse: {status: 200}}]',
)
const codes = (text: string, ...suppressions: string[]): readonly string[] =>
  analyze(
    setOf(text),
    suppressions.flatMap((one) => {
      const parsed = parseSuppression(one)
      return parsed.ok ? [parsed.value] : []
    }),
  ).map(({ code }) => code)

describe('analyze', () => {
  test('says the worst first, and each thing once', () => {
    expect(codes(bound + bound)).toEqual(['IST0101', 'IST0132'])
  })
  test.each([
    'IST0101=VirtualService vs',
    'ist0101=VirtualService vs.default',
    '*=VirtualService default/v*',
  ])('leaves out what --suppress %s names', (suppression) => {
    expect(codes(bound, suppression)).not.toContain('IST0101')
    expect(codes(bound.replace('name: vs', 'name: ws'), suppression)).toContain('IST0101')
  })
  test("leaves out what the object's annotation names", () => {
    const annotated = (value: string): string =>
      bound.replace('name: vs', `name: vs, annotations: {galley.istio.io/analyze-suppress: "${value}"}`)
    expect(codes(annotated('IST0132, IST0101'))).toEqual([])
    expect(codes(annotated('*'))).toEqual([])
    expect(codes(annotated('IST0132'))).toEqual(['IST0101'])
  })
  test('refuses a suppression without a resource', () => {
    expect(parseSuppression('IST0101')).toMatchObject({ ok: false })
  })
  test('the later of two objects of one name counts', () => {
    const text = gateway('g', 'selector: {a: b}') + gateway('g', 'selector: {a: c}')
    expect(setOf(text).of('networking.istio.io/Gateway')).toHaveLength(1)
  })
})

/** Objects of known kinds whose fields have any type. */
const anyObject = fc.record({
  apiVersion: fc.constantFrom(
    'v1',
    'apps/v1',
    'networking.istio.io/v1',
    'security.istio.io/v1',
    'telemetry.istio.io/v1',
    'gateway.networking.k8s.io/v1',
    'appmesh.k8s.aws/v1beta2',
  ),
  kind: fc.constantFrom(
    'HTTPRoute',
    'TCPRoute',
    'GatewayClass',
    'ReferenceGrant',
    'Mesh',
    'VirtualNode',
    'VirtualRouter',
    'GatewayRoute',
    'Pod',
    'Service',
    'Deployment',
    'Namespace',
    'Secret',
    'VirtualService',
    'DestinationRule',
    'Gateway',
    'Sidecar',
    'ServiceEntry',
    'AuthorizationPolicy',
    'RequestAuthentication',
    'PeerAuthentication',
    'Telemetry',
    'WorkloadEntry',
  ),
  metadata: fc.oneof(
    fc.constant({ name: 'a' }),
    fc.dictionary(fc.constantFrom('name', 'namespace', 'labels', 'annotations'), fc.jsonValue()),
  ),
  spec: fc.oneof(
    fc.jsonValue(),
    fc.dictionary(
      fc.constantFrom(
        'http',
        'hosts',
        'servers',
        'selector',
        'subsets',
        'ports',
        'rules',
        'egress',
        'template',
        'endpoints',
        'jwtRules',
        'listeners',
        'parentRefs',
        'hostnames',
        'routes',
        'backends',
        'provider',
        'meshRef',
        'to',
      ),
      fc.oneof(
        fc.jsonValue(),
        fc.array(
          fc.dictionary(
            fc.constantFrom(
              ...['match', 'route', 'port', 'name', 'from', 'hosts', 'tls', 'hostname', 'protocol'],
              ...['allowedRoutes', 'backendRefs', 'filters', 'httpRoute', 'virtualService', 'namespace'],
            ),
            fc.jsonValue(),
          ),
        ),
      ),
    ),
  ),
})

test('a namespace whose name is null is told, not tripped over', () => {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: null }, spec: {} }
  const manifest = { object: object as never, source: 'a.yaml', positionOf: () => ({ line: 1, column: 1 }) }
  expect(() =>
    analyze(createObjectSet([manifest], { defaultNamespace: 'default', isComplete: true })),
  ).not.toThrow()
})

test('a field without a value is an absent one', () => {
  const route = virtualService(
    'vs',
    'hosts: [a.com], http: [{route: [{destination: {host: a, subset: null}}]}]',
  )
  expect(codes(route)).toEqual(['IST0101'])
})

test('what is no text is refused, and not looked for', () => {
  const route = (host: string): string =>
    service('a', '{name: http, port: 80}') +
    virtualService(
      'vs',
      `hosts: [a.com], gateways: [edge], http: [{route: [{destination: {host: ${host}}}]}]`,
    )
  expect(codes(route('b'))).toEqual(['IST0101', 'IST0101', 'IST0132'])
  expect(codes(route('{b: }'))).toEqual(['IST0101', 'WFT0002', 'IST0132'])
})

test('what is missing from an object does not silence what else is said of it', () => {
  const ports = object('v1', 'Service', 'name: a', 'spec: {ports: [{name: web}]}')
  expect(codes(ports)).toEqual(['WFT0002', 'IST0118'])
})

test("the status that a manifest carries is the system's business", () => {
  const names = '{kind: A, plural: as, singular: a, listKind: AList}'
  const version = '{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}'
  const spec = `{group: x.io, scope: Namespaced, names: ${names}, versions: [${version}]}`
  const definition = object(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'name: as.x.io',
    `spec: ${spec}\nstatus: {storedVersions: [], conditions: [], acceptedNames: {kind: "", plural: ""}}`,
  )
  expect(codes(definition)).toEqual([])
})

test('a cluster that injects without a webhook is not said to leave the image `auto`', () => {
  const template =
    'template: {metadata: {labels: {istio: g}}, spec: {containers: [{name: istio-proxy, image: auto}]}}'
  const gatewayPods = object(
    'apps/v1',
    'Deployment',
    'name: g',
    `spec: {selector: {matchLabels: {istio: g}}, ${template}}`,
  )
  expect(codes(gatewayPods)).not.toContain('IST0146')
})

test('whatever objects look like, they are analyzed', () => {
  fc.assert(
    fc.property(fc.array(anyObject, { maxLength: 4 }), (objects) => {
      const manifests = objects.map((value) => ({
        object: value as never,
        source: 'a.yaml',
        positionOf: () => ({ line: 1, column: 1 }),
      }))
      const findings = analyze(createObjectSet(manifests, { defaultNamespace: 'default', isComplete: true }))
      expect(findings.every(({ message }) => message !== '')).toBe(true)
    }),
    { numRuns: 300 },
  )
})

describe('the catalogue', () => {
  test('has every code once, with what it means and what to do', () => {
    for (const entry of catalogue()) {
      expect(entry.code).toMatch(/^(?:IST|WFT)\d{4}$/)
      expect(entry.description).toMatch(/\.$/)
      expect(entry.remedy).toMatch(/\.$/)
      expect(entry.documentationUrl === undefined).toBe(entry.code.startsWith('WFT'))
    }
  })
  test('knows every code that an analyzer may say', () => {
    expect(
      allAnalyzers
        .flatMap((analyzer) => analyzer.codes)
        .filter((code) => findCatalogueEntry(code) === undefined),
    ).toEqual([])
  })
  test('has no code of ours that nothing says', () => {
    const said = new Set<string>(['WFT0001', ...allAnalyzers.flatMap((analyzer) => analyzer.codes)])
    const ours = catalogue().filter(({ code }) => code.startsWith('WFT'))
    expect(ours.filter(({ code }) => !said.has(code))).toEqual([])
  })
  test('fills templates as Go does', () => {
    expect(formatMessage('IST0101', ['host', 'a"b'])).toBe(String.raw`Referenced host not found: "a\"b"`)
    expect(formatMessage('IST0112', ['web', [80, 81]])).toContain('"web" that exposes multiple ports [80 81]')
  })
})

describe('certificates', () => {
  const der = (tag: number, ...contents: string[]): string => {
    const inner = contents.join('')
    return String.fromCharCode(tag, inner.length) + inner
  }
  const validity = der(0x30, der(0x17, '250101000000Z'), der(0x18, '20260101000000Z'))
  const bytes = der(0x30, der(0x30, der(0xa0, 'v'), der(2, '1'), der(0x30), der(0x30), validity))
  const pem = `-----BEGIN CERTIFICATE-----\n${btoa(bytes)}\n-----END CERTIFICATE-----\n`
  test.each([
    ['2024-12-31T23:59:59Z', 'the certificate is not valid yet'],
    ['2025-01-01T00:00:01Z', undefined],
    ['2026-01-01T00:00:01Z', 'the certificate has expired'],
  ])('at %s', (now, problem) => {
    expect(certificateProblem(pem, Date.parse(now))).toBe(problem)
  })
  test.each(['', 'fake', '-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n'])(
    '%j is none',
    (text) => {
      expect(certificateProblem(text, undefined)).toMatch(/certificate/)
    },
  )
  test('a Secret without one', () => {
    const text =
      object('v1', 'Pod', 'name: p, labels: {a: b}', 'spec: {containers: []}') +
      object('v1', 'Secret', 'name: s', 'stringData: {tls.crt: x, tls.key: x}') +
      gateway(
        'g',
        'selector: {a: b}, servers: [{hosts: [a.com], port: {number: 1, name: h, protocol: HTTPS}, tls: {mode: SIMPLE, credentialName: s}}]',
      )
    expect(codes(text)).toContain('IST0161')
  })
})
