import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import type { Proxy } from '../../mesh/view/proxy-view.ts'
import { createViewer } from '../../mesh/view/viewer.ts'
import { createSnapshotBuilder } from '../generate/snapshot.ts'
import { meshOfText } from '../generate/testdata/mesh-of-files.ts'
import type { Call, CallOutcome, CallRequest } from './call.ts'
import { simulate } from './simulate.ts'
import { simulatedConfig, type SimulatedConfig } from './simulated-config.ts'

const SERVICES = `
apiVersion: v1
kind: Service
metadata: {name: a, namespace: default}
spec:
  clusterIP: 10.96.0.1
  selector: {app: a}
  ports:
  - {name: http, port: 80, targetPort: 8080}
  - {name: unknown, port: 81, targetPort: 8081}
  - {name: tcp, port: 82, targetPort: 8082}
  - {name: grpc, port: 83, targetPort: 8083}
---
apiVersion: v1
kind: Service
metadata: {name: b, namespace: default}
spec: {clusterIP: 10.96.0.2, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: default}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]
`

const A = 'a.default.svc.cluster.local'
const B = 'b.default.svc.cluster.local'

/** Younger with each letter of the name. */
const virtualService = (name: string, spec: string): string => `
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}, namespace: default, creationTimestamp: "2026-01-01T00:00:0${name.length}Z"}
spec: ${spec}
`

const SIDECAR: Proxy = { type: 'sidecar', name: 'p', namespace: 'default', labels: { app: 'a' } }
const GATEWAY: Proxy = {
  type: 'router',
  name: 'g',
  namespace: 'istio-system',
  labels: { istio: 'ingressgateway' },
}

const configs = (text: string, proxy: Proxy): readonly SimulatedConfig[] => {
  const built = createSnapshotBuilder().build(createViewer().view(meshOfText(SERVICES + text), proxy))
  return [simulatedConfig(built.delta), simulatedConfig(built.complete())]
}

/** The same by both forms of the protocol, or the test fails. */
const outcomeOf = (text: string, proxy: Proxy, call: Call): CallOutcome => {
  const [delta, complete] = configs(text, proxy).map((config) => simulate(config, call))
  expect(delta).toEqual(complete)
  if (delta === undefined) throw new Error('nothing simulated')
  return delta
}

const get = (authority: string, path = '/', more: Partial<CallRequest> = {}): CallRequest => ({
  method: 'GET',
  path,
  authority,
  scheme: 'http',
  headers: {},
  ...more,
})

const to = (port: number, request?: CallRequest, address = '10.96.0.1'): Call => ({
  way: 'outbound',
  address,
  port,
  protocol: request === undefined ? 'tcp' : 'http/1.1',
  ...(request === undefined ? {} : { request }),
})

const clusters = (outcome: CallOutcome): readonly string[] =>
  outcome.kind === 'forward' ? outcome.clusters.map(({ name }) => name) : [outcome.kind]

describe('outbound', () => {
  test.each<[string, Call, string]>([
    ['HTTP on an HTTP port', to(80, get('a')), `outbound|80||${A}`],
    ['the Host header decides, whatever the address', to(80, get('b:80'), '10.96.0.9'), `outbound|80||${B}`],
    ['an unknown host passes', to(80, get('example.org')), 'PassthroughCluster'],
    ['TCP on an HTTP port passes to where it was sent', to(80), 'PassthroughCluster'],
    ['HTTP on a sniffed port, whatever its host', to(81, get('any')), `outbound|81||${A}`],
    ['TCP on a sniffed port', to(81), `outbound|81||${A}`],
    [
      'TLS on a sniffed port',
      { ...to(81), tls: { serverName: 'a', protocols: ['http/1.1'] } },
      `outbound|81||${A}`,
    ],
    ['TCP on a TCP port', to(82), `outbound|82||${A}`],
    ['HTTP on a TCP port is TCP', to(82, get('b')), `outbound|82||${A}`],
    ['a port that nobody has', to(9999, get('a')), 'PassthroughCluster'],
    ['the port of the proxy itself', to(15001), 'BlackHoleCluster'],
  ])('%s', (_, call, cluster) => {
    expect(clusters(outcomeOf('', SIDECAR, call))).toEqual([cluster])
  })

  test('the oldest of several VirtualServices for a host has it', () => {
    const text =
      virtualService('xx', `{hosts: [a], http: [{route: [{destination: {host: b}}]}]}`) +
      virtualService('x', `{hosts: [a], http: [{name: old, route: [{destination: {host: a}}]}]}`)
    expect(outcomeOf(text, SIDECAR, to(80, get('a'))).trace.route).toBe('old')
  })

  const ALIAS = `
---
apiVersion: v1
kind: Service
metadata: {name: other, namespace: default}
spec: {type: ExternalName, externalName: ${A}, ports: [{name: http, port: 80}]}
${virtualService('x', `{hosts: [other], http: [{name: own, route: [{destination: {host: other}}]}]}`)}`

  test.each([
    ['other.default.svc.cluster.local', 'own'],
    ['other.default', 'default'],
    ['other', 'default'],
    ['a', 'default'],
  ])('a VirtualService of an alias has its full name alone: %s takes the route %s', (host, route) => {
    const outcome = outcomeOf(ALIAS, SIDECAR, to(80, get(host)))
    expect([clusters(outcome), outcome.trace.route]).toEqual([[`outbound|80||${A}`], route])
  })

  const MATCHES = virtualService(
    'x',
    `{hosts: [a], http: [
      {name: exact, match: [{uri: {exact: /exact}}], route: [{destination: {host: b}}]},
      {name: folded, match: [{uri: {prefix: /Folded}, ignoreUriCase: true}], route: [{destination: {host: b}}]},
      {name: regex, match: [{uri: {regex: '/v[0-9]+'}}], route: [{destination: {host: b}}]},
      {name: header, match: [{headers: {x: {prefix: y}}}], route: [{destination: {host: b}}]},
      {name: query, match: [{queryParams: {q: {exact: '1'}}}], route: [{destination: {host: b}}]},
      {name: method, match: [{method: {exact: POST}}], route: [{destination: {host: b}}]},
      {name: without, match: [{uri: {prefix: /w}, withoutHeaders: {z: {exact: '1'}}}], route: [{destination: {host: b}}]},
      {name: moved, match: [{uri: {prefix: /moved}}], redirect: {uri: /new, authority: c, redirectCode: 308}},
      {name: said, match: [{uri: {prefix: /said}}], directResponse: {status: 418}},
      {name: rest, route: [{destination: {host: a}}]}]}`,
  )
  test.each<[string, CallRequest]>([
    ['exact', get('a', '/exact')],
    ['exact', get('a', '/exact?q=2')],
    ['rest', get('a', '/exact/more')],
    ['rest', get('a', '/EXACT')],
    ['folded', get('a', '/fOLDED/more')],
    ['regex', get('a', '/v12')],
    ['rest', get('a', '/v12/more')],
    ['header', get('a', '/', { headers: { x: 'yes' } })],
    ['rest', get('a', '/', { headers: { x: 'no' } })],
    ['query', get('a', '/?p=0&q=1')],
    ['rest', get('a', '/?q=12')],
    ['method', get('a', '/', { method: 'POST' })],
    ['without', get('a', '/w')],
    ['without', get('a', '/w', { headers: { z: '2' } })],
    ['rest', get('a', '/w', { headers: { z: '1' } })],
    ['moved', get('a', '/moved')],
    ['said', get('a', '/said')],
  ])('route %s', (route, request) => {
    expect(outcomeOf(MATCHES, SIDECAR, to(80, request)).trace.route).toBe(route)
  })

  test('redirects and direct responses are told with their status', () => {
    expect(outcomeOf(MATCHES, SIDECAR, to(80, get('a', '/moved')))).toMatchObject({
      kind: 'redirect',
      status: 308,
      location: { authority: 'c', path: '/new' },
    })
    expect(outcomeOf(MATCHES, SIDECAR, to(80, get('a', '/said')))).toMatchObject({
      kind: 'direct-response',
      status: 418,
    })
  })

  property.prop([fc.array(fc.nat({ max: 1000 }), { minLength: 2, maxLength: 6 })], { numRuns: 30 })(
    'weights are the user’s: every destination above 0 has its own, and nothing else is there',
    (weights) => {
      fc.pre(weights.some((weight) => weight > 0))
      const route = weights
        .map((weight, index) => `{weight: ${weight}, destination: {host: b, subset: v${index}}}`)
        .join(', ')
      const text = virtualService('x', `{hosts: [a], http: [{route: [${route}]}]}`)
      const outcome = outcomeOf(text, SIDECAR, to(80, get('a')))
      expect(outcome.kind === 'forward' && outcome.clusters).toEqual(
        weights.flatMap((weight, index) =>
          weight === 0 ? [] : [{ name: `outbound|80|v${index}|${B}`, weight, exists: false }],
        ),
      )
    },
  )
})

describe('inbound', () => {
  const into = (port: number, request?: CallRequest): Call => ({ ...to(port, request), way: 'inbound' })
  test.each<[string, Call, string]>([
    ['HTTP on an HTTP port', into(8080, get('a')), 'inbound|8080||'],
    ['HTTP on a sniffed port', into(8081, get('a')), 'inbound|8081||'],
    ['TCP on a sniffed port', into(8081), 'inbound|8081||'],
    ['TCP on a TCP port', into(8082), 'inbound|8082||'],
    ['HTTP on a port that no service names', into(9000, get('a')), 'InboundPassthroughCluster'],
    ['TCP on a port that no service names', into(9000), 'InboundPassthroughCluster'],
    ['the port of the proxy itself', into(15006), 'BlackHoleCluster'],
  ])('%s', (_, call, cluster) => {
    expect(clusters(outcomeOf('', SIDECAR, call))).toEqual([cluster])
  })

  test('what is not HTTP on an HTTP port is a protocol error', () => {
    expect(outcomeOf('', SIDECAR, into(8080))).toMatchObject({ kind: 'protocol-error' })
  })
})

describe('gateways', () => {
  const at = (request: CallRequest, port = 80): Call => ({
    way: 'direct',
    port,
    protocol: 'http/1.1',
    request,
  })
  const VIRTUAL_SERVICES =
    virtualService(
      'x',
      `{hosts: ['*'], gateways: [gw], http: [{name: any, route: [{destination: {host: a}}]}]}`,
    ) +
    virtualService(
      'xx',
      `{hosts: ['*.example.com'], gateways: [gw], http: [{name: wild, route: [{destination: {host: a}}]}]}`,
    ) +
    virtualService(
      'xxx',
      `{hosts: [a.example.com], gateways: [gw], http: [{name: one, match: [{uri: {prefix: /one}}], route: [{destination: {host: a}}]}]}`,
    ) +
    virtualService(
      'xxxx',
      `{hosts: [a.example.com], gateways: [gw], http: [{name: two, route: [{destination: {host: b}}]}]}`,
    )
  test.each([
    ['example.org', '/', 'any'],
    ['b.example.com', '/', 'wild'],
    ['b.example.com:80', '/', 'wild'],
    ['a.example.com', '/one', 'one'],
    ['A.EXAMPLE.COM', '/', 'two'],
  ])('%s%s takes the route %s: the narrowest host, tables of one host united', (host, path, route) => {
    expect(outcomeOf(VIRTUAL_SERVICES, GATEWAY, at(get(host, path))).trace.route).toBe(route)
  })

  test('nothing listens where no Gateway says so; a Gateway without routes answers 404', () => {
    expect(outcomeOf('', GATEWAY, at(get('x'), 81))).toEqual({ kind: 'no-listener', trace: {} })
    expect(outcomeOf('', GATEWAY, at(get('x')))).toMatchObject({ kind: 'not-found', missing: 'route' })
  })
})
