import { describe, expect, test } from 'vitest'
import { parseManifests } from '../../manifests/parse-manifests.ts'
import type { Analyzer } from '../analyzer.ts'
import { createObjectSet } from '../object-set.ts'
import {
  destinationRule,
  object,
  said,
  service,
  setOf,
  virtualService,
} from '../object-set-rig.conformance.ts'
import type { AnalyzerCase } from '../object-set-rig.conformance.ts'
import { weftOlderRoutes } from './weft-older-routes.ts'
import { weftOutlierDetection } from './weft-outlier-detection.ts'
import { weftRetries } from './weft-retries.ts'
import { weftTimeouts } from './weft-timeouts.ts'
import { weftUnreachableRules } from './weft-unreachable-rules.ts'
import { weftWeights } from './weft-weights.ts'

const route = (host: string): string => `route: [{destination: {host: ${host}}}]`
const routes = (...rules: readonly string[]): string =>
  virtualService('vs', `hosts: [web], http: [${rules.map((rule) => `{${rule}}`).join(', ')}]`)
const matching = (match: string, host = 'web'): string => `match: [${match}], ${route(host)}`
const aged = (name: string, year: number, spec: string): string =>
  virtualService(name, spec).replace(
    `name: ${name}`,
    `name: ${name}, creationTimestamp: "${year}-01-01T00:00:00Z"`,
  )
const atEdge = (rules: string, host = 'a.com'): string =>
  `hosts: [${host}], gateways: [edge], http: [${rules}]`
const api = `{${matching('{uri: {prefix: /api}}')}}`
const apiV1 = `{${matching('{uri: {exact: /api/v1}}')}}`
const weighted = (...weights: readonly number[]): string =>
  `route: [${weights.map((weight, index) => `{destination: {host: h${index}}, weight: ${weight}}`).join(', ')}]`
const retried = (timeout: string, attempts: number): string =>
  routes(`timeout: ${timeout}, retries: {attempts: ${attempts}, perTryTimeout: 2s}, ${route('web')}`)
const posts = (rest = ''): string => routes(`${rest}${matching('{method: {exact: POST}}')}`)
const web = service('web', '{port: 80}', 'app: web')
const webPods = (replicas: number): string =>
  object(
    'apps/v1',
    'Deployment',
    'name: web',
    `spec: {replicas: ${replicas}, template: {metadata: {labels: {app: web, version: v1}}}}`,
  )
const ejecting = (outlier: string, rest = ''): string =>
  destinationRule('d', `host: web, trafficPolicy: {outlierDetection: {${outlier}}${rest}}`)
const failover = 'loadBalancer: {localityLbSetting: {failover: [{from: a, to: b}]}}'

const cases: readonly AnalyzerCase<readonly string[]>[] = [
  {
    title: 'a host of sidecars that an older VirtualService defines',
    analyzer: weftOlderRoutes,
    shows:
      aged('a', 2025, `hosts: [web], http: [{${route('new')}}]`) +
      aged('b', 2024, `hosts: [x, web], http: [{${route('old')}}]`),
    says: ['WFT0101 VirtualService a spec.hosts[0]'],
    silent: [
      aged('a', 2025, `hosts: [web], http: [{${route('new')}}]`) +
        aged('b', 2024, `hosts: [x], http: [{${route('old')}}]`),
      // The older one holds for some callers only, or is seen elsewhere.
      aged('a', 2025, `hosts: [web], http: [{${route('new')}}]`) +
        aged('b', 2024, `hosts: [web], http: [{${matching('{sourceLabels: {app: x}}')}}]`),
      aged('a', 2025, `hosts: [web], http: [{${route('new')}}]`) +
        aged('b', 2024, `hosts: [web], exportTo: [other], http: [{${route('old')}}]`),
    ],
  },
  {
    title: 'a route of a gateway that an older VirtualService takes',
    analyzer: weftOlderRoutes,
    shows: aged('a', 2025, atEdge(apiV1)) + aged('b', 2024, atEdge(api)),
    says: ['WFT0101 VirtualService a spec.http[0]'],
    silent: [
      aged('a', 2024, atEdge(apiV1)) + aged('b', 2025, atEdge(api)),
      aged('a', 2025, atEdge(apiV1)) + aged('b', 2024, atEdge(api, 'b.com')),
      // Routes of everything come last, whatever their age.
      aged('a', 2025, atEdge(apiV1)) + aged('b', 2024, atEdge(`{${route('web')}}`)),
    ],
  },
  {
    title: 'a rule that an earlier one makes useless',
    analyzer: weftUnreachableRules,
    shows: routes(matching('{uri: {prefix: /}}'), matching('{headers: {end-user: {exact: jason}}}', 'v2')),
    says: ['WFT0102 VirtualService vs spec.http[1]'],
    silent: [
      routes(matching('{headers: {end-user: {exact: jason}}}', 'v2'), matching('{uri: {prefix: /}}')),
      routes(matching('{uri: {prefix: /a}, port: 80}'), matching('{uri: {prefix: /a/b}}')),
      routes(matching('{uri: {regex: "/a.*"}}'), matching('{uri: {exact: /ab}}')),
      routes(matching('{uri: {prefix: /a}}'), matching('{uri: {exact: /a}}, {uri: {exact: /b}}')),
      routes('match: [{uri: {prefix: /a}}], delegate: {name: other}', matching('{uri: {exact: /a}}')),
      // Said by Istio.
      routes(route('web'), matching('{uri: {exact: /a}}')),
    ],
  },
  {
    title: 'retries of requests that are not idempotent',
    analyzer: weftRetries,
    shows: posts() + posts('retries: {attempts: 3, retryOn: "5xx,reset"}, ').replace('name: vs', 'name: ws'),
    says: [
      'WFT0103 VirtualService vs spec.http[0].retries',
      'WFT0103 VirtualService ws spec.http[0].retries.retryOn',
    ],
    silent: [
      posts('retries: {attempts: 0}, '),
      posts('retries: {attempts: 3, retryOn: "connect-failure,refused-stream"}, '),
      routes(matching('{method: {exact: POST}}, {method: {exact: GET}}')),
      routes(route('web')),
    ],
  },
  {
    title: 'a timeout that its retries do not fit in',
    analyzer: weftTimeouts,
    shows: retried('7s', 3),
    says: ['WFT0104 VirtualService vs spec.http[0].timeout'],
    silent: [retried('8s', 3), retried('0s', 3), retried('1s', 0)],
  },
  {
    title: 'weights that do not add up',
    analyzer: weftWeights,
    shows: routes(weighted(80, 10), weighted(0), weighted(60, 60)),
    says: [
      'WFT0105 VirtualService vs spec.http[0].route',
      'WFT0105 VirtualService vs spec.http[1].route[0].weight',
      'WFT0105 VirtualService vs spec.http[2].route',
    ],
    silent: [routes(weighted(80, 20), weighted(100), weighted(1, 2), weighted(999, 1), route('web'))],
  },
  {
    title: 'an outlier detection that can eject all endpoints',
    analyzer: weftOutlierDetection,
    shows: web + webPods(2) + ejecting('maxEjectionPercent: 100'),
    says: ['WFT0106 DestinationRule d spec.trafficPolicy.outlierDetection.maxEjectionPercent'],
    silent: [
      web + webPods(2) + ejecting('maxEjectionPercent: 50'),
      web + webPods(2) + ejecting('maxEjectionPercent: 100, minHealthPercent: 50'),
      web + webPods(2) + ejecting('maxEjectionPercent: 100, consecutive5xxErrors: 0'),
      web + webPods(2) + ejecting('maxEjectionPercent: 100', `, ${failover}`),
      web + webPods(20) + ejecting('maxEjectionPercent: 100'),
      ejecting('maxEjectionPercent: 100'),
    ],
  },
  {
    title: 'failover without outlier detection',
    analyzer: weftOutlierDetection,
    shows: destinationRule(
      'd',
      `host: web, trafficPolicy: {portLevelSettings: [{port: {number: 80}, ${failover}}]}`,
    ),
    says: [
      'WFT0107 DestinationRule d spec.trafficPolicy.portLevelSettings[0].loadBalancer.localityLbSetting',
    ],
    silent: [
      ejecting('interval: 1s', `, ${failover}`),
      destinationRule(
        'd',
        'host: web, trafficPolicy: {loadBalancer: {localityLbSetting: {enabled: true, distribute: [{from: a, to: {b: 100}}]}}}',
      ),
      destinationRule(
        'd',
        `host: web, trafficPolicy: {outlierDetection: {}}, subsets: [{name: v1, trafficPolicy: {${failover}}}]`,
      ),
      destinationRule(
        'd',
        `host: web, trafficPolicy: {${failover}}, subsets: [{name: v1, trafficPolicy: {outlierDetection: {}}}]`,
      ),
    ],
  },
]

describe('our own analyzers of traffic', () => {
  test.each(cases)('$title', ({ analyzer, shows, says, silent }) => {
    expect(said(analyzer, setOf(shows, { isComplete: false }))).toEqual(says)
    for (const text of silent) expect(said(analyzer, setOf(text, { isComplete: false }))).toEqual([])
  })
})

describe('the request that shows it', () => {
  const messageOf = (analyzer: Analyzer, text: string): readonly string[] =>
    analyzer.analyze(setOf(text)).map(({ message }) => message)
  test('names all conditions of the rule', () => {
    const narrow =
      '{method: {exact: PUT}, uri: {prefix: /b}, port: 8080, headers: {end-user: {exact: jason}}, queryParams: {q: {exact: "1"}}, sourceLabels: {app: x}}'
    const text = routes(matching('{uri: {prefix: /}}'), matching(narrow))
    expect(messageOf(weftUnreachableRules, text)).toEqual([
      'VirtualService rule #1 never matches: rule #0 takes all its requests; for example PUT /b?q=1 to web.default.svc.cluster.local:8080 with header end-user: jason from pods with app=x goes to rule #0',
    ])
  })
  test('says which VirtualService comes first, and why', () => {
    expect(messageOf(weftOlderRoutes, aged('a', 2025, atEdge(apiV1)) + aged('b', 2024, atEdge(api)))).toEqual(
      [
        'Host a.com: VirtualService b, which is older, wins over rule #0 of this one; it takes GET /api/v1 to a.com at gateway default/edge',
      ],
    )
    expect(
      messageOf(weftOlderRoutes, virtualService('a', atEdge(api)) + virtualService('b', atEdge(api))),
    ).toEqual([
      'Host a.com: VirtualService a, of the same age and first by name, wins over rule #0 of this one; it takes GET /api to a.com at gateway default/edge',
    ])
  })
})

test('objects without metadata', () => {
  const bare = (): string =>
    'apiVersion: networking.istio.io/v1\nkind: VirtualService\nspec: {hosts: [a, a], http: [{}, {}]}\n'
  const { objects } = parseManifests(`${bare()}---\n${bare()}`, 'a.yaml')
  const set = createObjectSet(objects, { defaultNamespace: 'default' })
  expect([...said(weftOlderRoutes, set), ...said(weftUnreachableRules, set)]).toEqual([])
})
