import { describe, expect, test } from 'vitest'
import type { Analyzer } from '../analyzer.ts'
import { object, said, service, setOf } from '../object-set-rig.conformance.ts'
import type { AnalyzerCase } from '../object-set-rig.conformance.ts'
import { weftGatewayClasses } from './weft-gateway-classes.ts'
import { weftListenerCertificates } from './weft-listener-certificates.ts'
import { weftListenerConflicts } from './weft-listener-conflicts.ts'
import { weftRouteBackends } from './weft-route-backends.ts'
import { weftRouteParents } from './weft-route-parents.ts'

const V1 = 'gateway.networking.k8s.io/v1'
const gateway = (listeners: string, name = 'edge'): string =>
  object(V1, 'Gateway', `name: ${name}`, `spec: {gatewayClassName: istio, listeners: [${listeners}]}`)
const http = '{name: http, port: 80, protocol: HTTP, hostname: "*.shop.com"}'
const tls = (certificate: string): string =>
  gateway(
    `{name: tls, port: 443, protocol: HTTPS, tls: {mode: Terminate, certificateRefs: [{${certificate}}]}}`,
  )
const route = (spec: string, kind = 'HTTPRoute', metadata = 'name: r'): string =>
  object(V1, kind, metadata, `spec: {${spec}}`)
const to = (parent: string, rest = 'hostnames: [a.shop.com]'): string =>
  route(`parentRefs: [{${parent}}], ${rest}`)
const backend = (reference: string): string =>
  route(`parentRefs: [{name: edge}], rules: [{backendRefs: [{${reference}}]}]`)
const there = service('web', '{port: 80}').replace('name: web', 'name: web, namespace: there')
const grant = (kind: string, from: string, target = ''): string =>
  object(
    'gateway.networking.k8s.io/v1beta1',
    'ReferenceGrant',
    'name: g, namespace: there',
    `spec: {from: [{group: gateway.networking.k8s.io, kind: ${kind}, namespace: default}], to: [{group: "", kind: ${from}${target}}]}`,
  )
const selected = gateway(
  http.replace('}', ', allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {team: a}}}}}'),
)
const teams = (label: string): string => object('v1', 'Namespace', `name: team, labels: {team: ${label}}`)
const fromTeam = route(
  'parentRefs: [{name: edge, namespace: default}]',
  'HTTPRoute',
  'name: r, namespace: team',
)

const cases: readonly AnalyzerCase[] = [
  {
    title: 'a parent that does not exist',
    analyzer: weftRouteParents,
    shows: gateway(http) + to('name: egde'),
    says: ['WFT0201 HTTPRoute r spec.parentRefs[0].name'],
    silent: gateway(http) + to('name: edge') + to('name: x, kind: ListenerSet').replace('name: r', 'name: s'),
  },
  {
    title: 'a Service as parent that does not exist',
    analyzer: weftRouteParents,
    shows: to('name: web, kind: Service, group: ""'),
    says: ['WFT0201 HTTPRoute r spec.parentRefs[0].name'],
    silent: service('web', '{port: 80}') + to('name: web, kind: Service, group: ""'),
  },
  {
    title: 'a listener that the Gateway has not',
    analyzer: weftRouteParents,
    shows: gateway(http) + to('name: edge, sectionName: htpp'),
    says: ['WFT0202 HTTPRoute r spec.parentRefs[0].sectionName'],
    silent: gateway(http) + to('name: edge, sectionName: http, port: 80'),
  },
  {
    title: 'a port that no listener has',
    analyzer: weftRouteParents,
    shows: gateway(http) + to('name: edge, sectionName: http, port: 81'),
    says: ['WFT0202 HTTPRoute r spec.parentRefs[0].port'],
    silent: gateway(http) + to('name: edge, port: 80'),
  },
  {
    title: 'hostnames that no listener serves',
    analyzer: weftRouteParents,
    shows: gateway(http) + to('name: edge', 'hostnames: [shop.com, a.shop.org]'),
    says: ['WFT0203 HTTPRoute r spec.hostnames'],
    silent:
      gateway(http) +
      to('name: edge', 'hostnames: [a.shop.org, "*.b.shop.com"]') +
      route('parentRefs: [{name: edge}]', 'GRPCRoute'),
  },
  {
    title: 'a kind that no listener takes',
    analyzer: weftRouteParents,
    shows: gateway(http) + route('parentRefs: [{name: edge}]', 'TCPRoute'),
    says: ['WFT0204 TCPRoute r spec.parentRefs[0]'],
    silent:
      gateway(`${http}, {name: t, port: 9000, protocol: TCP}`) +
      route('parentRefs: [{name: edge}]', 'TCPRoute') +
      route('parentRefs: [{name: edge}]', 'GRPCRoute'),
  },
  {
    title: 'a namespace that a listener takes nothing from',
    analyzer: weftRouteParents,
    shows: gateway(http) + fromTeam,
    says: ['WFT0204 HTTPRoute team/r spec.parentRefs[0]'],
    silent:
      gateway(http.replace('}', ', allowedRoutes: {namespaces: {from: All}}}')) +
      fromTeam +
      gateway(http, 'other'),
  },
  {
    title: 'a namespace without the labels',
    analyzer: weftRouteParents,
    shows: selected + teams('b') + fromTeam,
    says: ['WFT0204 HTTPRoute team/r spec.parentRefs[0]'],
    silent: selected + teams('a') + fromTeam,
  },
  {
    title: 'a backend that does not exist',
    analyzer: weftRouteBackends,
    shows: service('web', '{port: 80}') + backend('name: wbe, port: 80'),
    says: ['WFT0205 HTTPRoute r spec.rules[0].backendRefs[0].name'],
    silent:
      service('web', '{port: 80}') + backend('name: web, port: 80') + backend('name: x, kind: ServiceImport'),
  },
  {
    title: 'a mirror that does not exist',
    analyzer: weftRouteBackends,
    shows:
      service('web', '{port: 80}') +
      route(
        'parentRefs: [{name: edge}], rules: [{filters: [{type: RequestMirror, requestMirror: {backendRef: {name: copy, port: 80}}}]}]',
      ),
    says: ['WFT0205 HTTPRoute r spec.rules[0].filters[0].requestMirror.backendRef.name'],
    silent: service('web', '{port: 80}') + backend('name: web, port: 80'),
  },
  {
    title: 'a port that the backend has not',
    analyzer: weftRouteBackends,
    shows: service('web', '{port: 80, targetPort: 8080}') + backend('name: web, port: 8080'),
    says: ['WFT0206 HTTPRoute r spec.rules[0].backendRefs[0].port'],
    silent: service('web', '{port: 80, targetPort: 8080}') + backend('name: web, port: 80'),
  },
  {
    title: 'a backend of another namespace without a grant',
    analyzer: weftRouteBackends,
    shows: there + backend('name: web, namespace: there, port: 80') + grant('GRPCRoute', 'Service'),
    says: ['WFT0207 HTTPRoute r spec.rules[0].backendRefs[0].namespace'],
    silent:
      there + backend('name: web, namespace: there, port: 80') + grant('HTTPRoute', 'Service', ', name: web'),
  },
  {
    title: 'a certificate that does not exist',
    analyzer: weftListenerCertificates,
    shows: tls('name: cert'),
    says: ['WFT0208 Gateway edge spec.listeners[0].tls.certificateRefs[0].name'],
    silent: gateway(http),
  },
  {
    title: 'a certificate of another namespace, and one that is none',
    analyzer: weftListenerCertificates,
    shows: object('v1', 'Secret', 'name: cert, namespace: there') + tls('name: cert, namespace: there'),
    says: [
      'WFT0207 Gateway edge spec.listeners[0].tls.certificateRefs[0].namespace',
      'WFT0208 Gateway edge spec.listeners[0].tls.certificateRefs[0].name',
    ],
    silent: tls('name: x, kind: Other'),
  },
  {
    title: 'a class that nobody implements',
    analyzer: weftGatewayClasses,
    shows: gateway(http).replace('istio', 'isito'),
    says: ['WFT0209 Gateway edge spec.gatewayClassName'],
    silent:
      gateway(http) +
      gateway(http, 'b').replace('istio', 'acme') +
      object(V1, 'GatewayClass', 'name: acme', 'spec: {controllerName: acme.io/a}'),
  },
  {
    title: 'listeners that cannot share a port',
    analyzer: weftListenerConflicts,
    shows: gateway(`${http}, {name: tls, port: 80, protocol: TLS, hostname: a.com}`),
    says: ['WFT0210 Gateway edge spec.listeners[1].protocol'],
    silent: gateway(
      `${http}, {name: b, port: 80, protocol: HTTP, hostname: b.com}, {name: tls, port: 443, protocol: TLS, hostname: a.com}, {name: https, port: 443, protocol: HTTPS, hostname: b.com}, {name: u, port: 80, protocol: UDP}`,
    ),
  },
]

describe('analyzers of the Gateway API', () => {
  test.each(cases)('$title', ({ analyzer, shows, says, silent }) => {
    expect(said(analyzer, setOf(shows))).toEqual(says)
    expect(said(analyzer, setOf(silent))).toEqual([])
  })
})

test('a Service that was meant as parent needs its kind', () => {
  const [found] = weftRouteParents.analyze(setOf(service('web', '{port: 80}') + to('name: web')))
  expect(found?.fix).toContain('kind: Service')
})

describe('of files that may not be all', () => {
  const saidOf = (analyzer: Analyzer, text: string): readonly string[] =>
    said(analyzer, setOf(text, { isComplete: false }))
  test('a parent and a certificate may be elsewhere, unless a like one is here', () => {
    expect(saidOf(weftRouteParents, gateway(http) + to('name: infra'))).toEqual([])
    expect(saidOf(weftRouteParents, gateway(http) + to('name: egde'))).toHaveLength(1)
    expect(
      saidOf(weftListenerCertificates, object('v1', 'Secret', 'name: other') + tls('name: cert')),
    ).toEqual([])
    expect(saidOf(weftGatewayClasses, gateway(http).replace('istio', 'acme'))).toEqual([])
  })
  test('a backend may be elsewhere, unless the application is here', () => {
    const other = service('other', '{port: 80}')
    expect(saidOf(weftRouteBackends, other + backend('name: web, port: 80'))).toEqual([])
    expect(saidOf(weftRouteBackends, other + gateway(http) + backend('name: web, port: 80'))).toHaveLength(1)
    expect(saidOf(weftRouteBackends, gateway(http) + backend('name: web, port: 80'))).toEqual([])
  })
  test('a Gateway that two files define may be either', () => {
    const other = gateway('{name: https, port: 443, protocol: HTTPS}')
    expect(saidOf(weftRouteParents, gateway(http) + other + to('name: edge, sectionName: http'))).toEqual([])
  })
})
