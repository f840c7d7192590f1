import { describe, expect, test } from 'vitest'
import { object, pod, said, service, setOf } from '../object-set-rig.conformance.ts'
import type { AnalyzerCase } from '../object-set-rig.conformance.ts'
import { annotations } from './annotations.ts'
import { applicationUser } from './application-user.ts'
import { authorizationPolicies } from './authorization-policies.ts'
import { blockedCidrs } from './blocked-cidrs.ts'
import { conditions } from './conditions.ts'
import { deploymentServices } from './deployment-services.ts'
import { envoyFilterPatches } from './envoy-filter-patches.ts'
import { externalControlPlane } from './external-control-plane.ts'
import { gatewayApiSelectors } from './gateway-api-selectors.ts'
import { gatewayApiVersions } from './gateway-api-versions.ts'
import { imageAuto } from './image-auto.ts'
import { injectionImage } from './injection-image.ts'
import { injection } from './injection.ts'
import { portNames } from './port-names.ts'
import { schema } from './schema.ts'
import { sidecarSelectors } from './sidecar-selectors.ts'
import { lightstepProviders, telemetryProviders } from './telemetry-providers.ts'
import { telemetryDefaults, telemetrySelectors } from './telemetry-selectors.ts'
import { webhookOverlaps } from './webhook-overlaps.ts'

const namespace = (name: string, labels = ''): string =>
  object('v1', 'Namespace', `name: ${name}, labels: {${labels}}`)
const injected = namespace('default', 'istio-injection: enabled')
const proxied = pod('p', 'app: a', 'spec: {containers: [{name: istio-proxy, image: hub/proxyv2:1}]}')
const sidecar = (name: string, spec: string): string =>
  object('networking.istio.io/v1', 'Sidecar', `name: ${name}`, `spec: {${spec}}`)
const telemetry = (name: string, spec: string): string =>
  object('telemetry.istio.io/v1', 'Telemetry', `name: ${name}`, `spec: {${spec}}`)
const policy = (spec: string): string =>
  object('security.istio.io/v1', 'AuthorizationPolicy', 'name: p', `spec: {${spec}}`)
const deployment = (metadata: string, podSpec: string): string =>
  object(
    'apps/v1',
    'Deployment',
    metadata,
    `spec: {template: {metadata: {labels: {app: a, sidecar.istio.io/inject: "true"}}, spec: {${podSpec}}}}`,
  )
const injector = object(
  'v1',
  'ConfigMap',
  'name: istio-sidecar-injector',
  `data: {values: '{"global": {"hub": "hub", "tag": "1", "proxy": {"image": "proxyv2"}}}'}`,
)
const webhook = (name: string, hook: string): string =>
  object(
    'admissionregistration.k8s.io/v1',
    'MutatingWebhookConfiguration',
    `name: ${name}`,
    `webhooks: [{name: ${name}.istio.io, ${hook}}]`,
  )
const autoProxy = 'containers: [{name: istio-proxy, image: auto}]'
const keys = object('security.istio.io/v1', 'RequestAuthentication', 'name: r')
const istiod = (env: string): string =>
  deployment('name: istiod, labels: {app: istiod}', `containers: [{name: d, env: [${env}]}]`)
const patch = (operation: string, applyTo: string, priority = 0): string =>
  object(
    'networking.istio.io/v1alpha3',
    'EnvoyFilter',
    'name: f',
    `spec: {priority: ${priority}, configPatches: [{applyTo: ${applyTo}, patch: {operation: ${operation}}}]}`,
  )
const definition = (version: string): string =>
  object(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    `name: grpcroutes.gateway.networking.k8s.io, annotations: {gateway.networking.k8s.io/bundle-version: ${version}}`,
  )

const cases: readonly AnalyzerCase[] = [
  {
    title: 'an annotation of unknown name',
    analyzer: annotations,
    shows: object('v1', 'Service', 'name: s, annotations: {networking.istio.io/exportToo: x}'),
    says: ['IST0108 Service s metadata.annotations[networking.istio.io/exportToo]'],
    silent: object('v1', 'Service', 'name: s, annotations: {networking.istio.io/exportTo: x, other.io/a: b}'),
  },
  {
    title: 'an annotation on the wrong kind, and a deprecated one',
    analyzer: annotations,
    shows: object('v1', 'Service', 'name: s, annotations: {sidecar.istio.io/inject: "true"}'),
    says: [
      'IST0135 Service s metadata.annotations[sidecar.istio.io/inject]',
      'IST0107 Service s metadata.annotations[sidecar.istio.io/inject]',
    ],
    silent: object(
      'v1',
      'Pod',
      'name: s, labels: {sidecar.istio.io/inject: "true"}, annotations: {sidecar.istio.io/inject: "true"}',
    ),
  },
  {
    title: 'an annotation with a wrong value',
    analyzer: annotations,
    shows: object(
      'v1',
      'Pod',
      'name: s, annotations: {traffic.sidecar.istio.io/excludeInboundPorts: "80,a"}',
    ),
    says: ['IST0125 Pod s metadata.annotations[traffic.sidecar.istio.io/excludeInboundPorts]'],
    silent: object(
      'v1',
      'Pod',
      'name: s, annotations: {traffic.sidecar.istio.io/excludeInboundPorts: "80, 81"}',
    ),
  },
  {
    title: "an application with the sidecar's user",
    analyzer: applicationUser,
    shows: pod('a', '', 'spec: {containers: [{name: a, securityContext: {runAsUser: 1337}}]}'),
    says: ['IST0144 Pod a spec.containers[0].securityContext.runAsUser'],
    silent: pod('a', '', 'spec: {containers: [{name: istio-proxy, securityContext: {runAsUser: 1337}}]}'),
  },
  {
    title: 'a policy that selects nothing',
    analyzer: authorizationPolicies,
    shows: proxied + policy('selector: {matchLabels: {app: b}}'),
    says: ['IST0127 AuthorizationPolicy p spec.selector.matchLabels[app]'],
    silent: proxied + policy('selector: {matchLabels: {app: a}}'),
  },
  {
    title: 'a policy for a namespace that does not exist',
    analyzer: authorizationPolicies,
    shows: proxied + namespace('shop') + policy('rules: [{from: [{source: {namespaces: [shpo]}}]}]'),
    says: ['IST0101 AuthorizationPolicy p spec.rules[0].from[0].source.namespaces[0]'],
    silent: proxied + namespace('shop') + policy('rules: [{from: [{source: {namespaces: ["sh*"]}}]}]'),
  },
  {
    title: 'keys from any address',
    analyzer: blockedCidrs,
    shows: keys + istiod(''),
    says: ['IST0175 Deployment istiod -'],
    silent: keys + istiod('{name: BLOCKED_CIDRS_IN_JWKS_URIS, value: 10.0.0.0/8}'),
  },
  {
    title: 'a negative condition',
    analyzer: conditions,
    shows: object(
      'gateway.networking.k8s.io/v1',
      'HTTPRoute',
      'name: r',
      'status: {parents: [{conditions: [{type: Accepted, status: "False"}]}]}',
    ),
    says: ['IST0171 HTTPRoute r status.parents[0].conditions[0]'],
    silent: object(
      'gateway.networking.k8s.io/v1',
      'HTTPRoute',
      'name: r',
      'status: {parents: [{conditions: [{type: Accepted, status: "True"}]}]}',
    ),
  },
  {
    title: 'two protocols and two ports for one port of a workload',
    analyzer: deploymentServices,
    shows:
      deployment('name: d', '') +
      service('a', '{port: 1, targetPort: 9}', 'app: a') +
      service('b', '{port: 1, protocol: UDP}, {port: 2, targetPort: 9}', 'app: a'),
    says: ['IST0116 Deployment d metadata.name', 'IST0137 Deployment d metadata.name'],
    silent:
      deployment('name: d', '') + service('a', '{port: 1}', 'app: a') + service('b', '{port: 1}', 'app: a'),
  },
  {
    title: 'an operation that depends on order',
    analyzer: envoyFilterPatches,
    shows: patch('INSERT_BEFORE', 'HTTP_FILTER'),
    says: ['IST0151 EnvoyFilter f spec.configPatches[0].patch.operation'],
    silent: patch('INSERT_BEFORE', 'HTTP_FILTER', 1) + patch('INSERT_FIRST', 'HTTP_FILTER'),
  },
  {
    title: 'a control plane by IP address',
    analyzer: externalControlPlane,
    shows: webhook('istio-sidecar-injector', 'clientConfig: {url: "https://10.1.2.3:15017/inject"}'),
    says: ['IST0164 MutatingWebhookConfiguration istio-sidecar-injector webhooks[0].clientConfig'],
    silent: webhook('istio-sidecar-injector', 'clientConfig: {url: "https://istiod.example.com/inject"}'),
  },
  {
    title: 'a selector for a Gateway of the Gateway API',
    analyzer: gatewayApiSelectors,
    shows:
      pod('p', 'gateway.networking.k8s.io/gateway-name: g') +
      policy('selector: {matchLabels: {gateway.networking.k8s.io/gateway-name: g}}'),
    says: ['IST0166 AuthorizationPolicy p spec.selector.matchLabels[gateway.networking.k8s.io/gateway-name]'],
    silent: pod('p', 'gateway.networking.k8s.io/gateway-name: g') + policy('targetRefs: [{name: g}]'),
  },
  {
    title: 'an old Gateway API',
    analyzer: gatewayApiVersions,
    shows: definition('v1.0.9'),
    says: [
      'IST0176 CustomResourceDefinition grpcroutes.gateway.networking.k8s.io metadata.annotations[gateway.networking.k8s.io/bundle-version]',
    ],
    silent: definition('v1.1.0-rc.1'),
  },
  {
    title: 'an image for injection without injection',
    analyzer: imageAuto,
    shows: deployment('name: d', autoProxy) + webhook('w', 'objectSelector: {matchLabels: {app: b}}'),
    says: ['IST0146 Deployment d spec.template.spec.containers[0].image'],
    silent: deployment('name: d', autoProxy) + webhook('w', 'objectSelector: {matchLabels: {app: a}}'),
  },
  {
    title: 'a proxy of another version',
    analyzer: injectionImage,
    shows: injected + injector + proxied.replace('proxyv2:1', 'proxyv2:0'),
    says: ['IST0158 Namespace default -'],
    silent: injected + injector + proxied,
  },
  {
    title: 'a namespace without a label, and one with two',
    analyzer: injection,
    shows: namespace('a') + namespace('b', 'istio-injection: enabled, istio.io/rev: x'),
    says: ['IST0102 Namespace a metadata.name', 'IST0123 Namespace b metadata.labels[istio.io/rev]'],
    silent:
      namespace('a', 'istio-injection: disabled') + namespace('istio-system') + namespace('kube-system'),
  },
  {
    title: 'a pod without its sidecar',
    analyzer: injection,
    shows: injected + pod('p', ''),
    says: ['IST0103 Pod p spec.containers'],
    silent: injected + proxied + pod('q', 'sidecar.istio.io/inject: "false"'),
  },
  {
    title: 'a port without a protocol',
    analyzer: portNames,
    shows: service('s', '{name: web, port: 80}'),
    says: ['IST0118 Service s spec.ports[0].port'],
    silent: service(
      's',
      '{name: http-web, port: 80}, {name: x, appProtocol: grpc, port: 81}, {name: db, port: 3306}',
    ),
  },
  {
    title: 'an object that Istio refuses, with the place',
    analyzer: schema,
    shows: sidecar('s', 'egress: [{hosts: [web]}], ingres: null'),
    says: ['WFT0002 Sidecar s spec.ingres', 'IST0106 Sidecar s spec.egress[0].hosts[0]'],
    silent: sidecar('s', 'egress: [{hosts: ["./web.a.svc.cluster.local"]}]'),
  },
  {
    title: 'an object of Istio that only the API server sees, for its types',
    analyzer: schema,
    shows: sidecar('s', 'egress: [{hosts: [1]}]') + telemetry('t', 'tracing: [{match: {mode: ALL}}]'),
    says: ['WFT0002 Sidecar s spec.egress[0].hosts[0]', 'WFT0002 Telemetry t spec.tracing[0].match.mode'],
    silent: sidecar('s', 'egress: [{hosts: ["./*"]}]') + telemetry('t', 'tracing: [{match: {mode: CLIENT}}]'),
  },
  {
    title: 'an object that Kubernetes refuses',
    analyzer: schema,
    shows: service('s', '{port: 0}'),
    says: ['WFT0002 Service s spec.ports[0].port', 'WFT0002 Service s spec.ports[0].targetPort'],
    silent: service('s', '{port: 80}'),
  },
  {
    title: 'an object that Istio accepts with a warning',
    analyzer: schema,
    shows: telemetry('t', 'selector: {}, tracing: [{providers: [{name: a}, {name: b}]}]'),
    says: ['IST0133 Telemetry t spec.selector', 'IST0133 Telemetry t spec.tracing[0].providers'],
    silent: telemetry('t', 'selector: {matchLabels: {app: a}}, tracing: [{providers: [{name: a}]}]'),
  },
  {
    title: 'sidecars for one pod, and for none',
    analyzer: sidecarSelectors,
    shows:
      proxied +
      sidecar('a', 'workloadSelector: {labels: {app: a}}') +
      sidecar('b', 'workloadSelector: {labels: {app: a}}') +
      sidecar('c', 'workloadSelector: {labels: {app: c}}'),
    says: [
      'IST0101 Sidecar c spec.workloadSelector.labels[app]',
      'IST0110 Sidecar a metadata.name',
      'IST0110 Sidecar b metadata.name',
    ],
    silent: proxied + sidecar('a', 'workloadSelector: {labels: {app: a}}') + sidecar('b', 'egress: []'),
  },
  {
    title: 'two sidecars for all',
    analyzer: sidecarSelectors,
    shows: sidecar('a', 'egress: []') + sidecar('b', 'egress: []'),
    says: ['IST0111 Sidecar a metadata.name', 'IST0111 Sidecar b metadata.name'],
    silent: sidecar('a', 'egress: []'),
  },
  {
    title: 'a sidecar where none is',
    analyzer: sidecarSelectors,
    shows: namespace('default', 'istio.io/dataplane-mode: ambient') + sidecar('a', 'egress: []'),
    says: ['IST0167 Sidecar a -'],
    silent: injected + sidecar('a', 'egress: []'),
  },
  {
    title: 'telemetry for one pod twice',
    analyzer: telemetrySelectors,
    shows:
      proxied +
      telemetry('a', 'selector: {matchLabels: {app: a}}') +
      telemetry('b', 'selector: {matchLabels: {app: a}}'),
    says: ['IST0159 Telemetry a metadata.name', 'IST0159 Telemetry b metadata.name'],
    silent: proxied + telemetry('a', 'selector: {matchLabels: {app: a}}') + telemetry('b', ''),
  },
  {
    title: 'two telemetries for all',
    analyzer: telemetryDefaults,
    shows: telemetry('a', '') + telemetry('b', ''),
    says: ['IST0160 Telemetry a metadata.name', 'IST0160 Telemetry b metadata.name'],
    silent: telemetry('a', '') + telemetry('b', 'selector: {matchLabels: {app: a}}'),
  },
  {
    title: 'access logging without a provider',
    analyzer: telemetryProviders,
    shows: telemetry('a', 'accessLogging: [{}]'),
    says: ['IST0157 Telemetry a spec.accessLogging[0]'],
    silent: telemetry('a', 'accessLogging: [{disabled: true}, {providers: [{name: envoy}]}]'),
  },
  {
    title: 'webhooks that both inject',
    analyzer: webhookOverlaps,
    shows:
      webhook('a', 'clientConfig: {url: x}') +
      webhook(
        'b',
        'namespaceSelector: {matchLabels: {istio-injection: enabled}}, objectSelector: {matchLabels: {sidecar.istio.io/inject: "true"}}, clientConfig: {url: x}',
      ),
    says: [
      'IST0139 MutatingWebhookConfiguration a webhooks[0]',
      'IST0139 MutatingWebhookConfiguration b webhooks[0]',
    ],
    silent: webhook(
      'a',
      'namespaceSelector: {matchLabels: {istio-injection: enabled}}, clientConfig: {url: x}',
    ),
  },
]

describe('analyzers of workloads and the mesh', () => {
  test.each(cases)('$title', ({ analyzer, shows, says, silent }) => {
    expect(said(analyzer, setOf(shows))).toEqual(says)
    expect(said(analyzer, setOf(silent))).toEqual([])
  })
})

test('a Lightstep provider', () => {
  const text = telemetry('a', 'tracing: [{providers: [{name: old}]}]')
  const meshConfig = { extensionProviders: [{ name: 'old', lightstep: {} }] }
  expect(said(lightstepProviders, setOf(text, { meshConfig }))).toEqual([
    'IST0002 Telemetry a spec.tracing[0].providers[0].name',
  ])
  expect(said(lightstepProviders, setOf(text))).toEqual([])
})

test('objects that contradict each other are named in order', () => {
  const findings = telemetryDefaults.analyze(setOf(telemetry('b', '') + telemetry('a', '')))
  expect(findings.map(({ message }) => /\[.*?\]/.exec(message)?.[0])).toEqual(['[a b]', '[a b]'])
})

test('a manifest of a pod is injected when it is made', () => {
  expect(said(injection, setOf(injected + pod('p', ''), { isComplete: false }))).toEqual([])
})
