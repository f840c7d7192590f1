import { describe, expect, test } from 'vitest'
import { destinationRule, object, pod, said, service, setOf } from '../object-set-rig.conformance.ts'
import type { AnalyzerCase } from '../object-set-rig.conformance.ts'
import { weftMutualTls } from './weft-mutual-tls.ts'
import { weftPolicySelectors } from './weft-policy-selectors.ts'
import { weftPortProtocols } from './weft-port-protocols.ts'
import { weftShadowedAllows } from './weft-shadowed-allows.ts'
import { weftSubsetPods } from './weft-subset-pods.ts'

const security = (kind: string, name: string, spec: string): string =>
  object('security.istio.io/v1', kind, name.includes(':') ? name : `name: ${name}`, `spec: {${spec}}`)
const policy = (name: string, spec: string): string => security('AuthorizationPolicy', name, spec)
const peers = (name: string, spec: string): string => security('PeerAuthentication', name, spec)
const workload = (kind: string, name: string, labels: string): string =>
  object('apps/v1', kind, `name: ${name}`, `spec: {template: {metadata: {labels: {${labels}}}}}`)
const web = service('web', '{port: 80, targetPort: 8080}', 'app: web')
const webV1 = workload('StatefulSet', 'web', 'app: web, version: v1')
const subset = (labels: string): string =>
  destinationRule('d', `host: web, subsets: [{name: next, labels: {${labels}}}]`)
const calls = (mode: string): string =>
  destinationRule('d', `host: web, trafficPolicy: {tls: {mode: ${mode}}}`)
const strict = 'mtls: {mode: STRICT}'
const onPort = (mode: string): string =>
  destinationRule(
    'd',
    `host: web, trafficPolicy: {portLevelSettings: [{port: {number: 80}, tls: {mode: ${mode}}}]}`,
  )
const allowed =
  'action: ALLOW, rules: [{from: [{source: {namespaces: [shop]}}], to: [{operation: {paths: [/api/v1]}}]}]'
const denied = (rule: string): string => `action: DENY, rules: [{${rule}}]`

const cases: readonly AnalyzerCase<readonly string[]>[] = [
  {
    title: 'a subset whose labels only pods of another service have',
    analyzer: weftSubsetPods,
    shows: web + webV1 + workload('Deployment', 'other', 'app: other, version: v2') + subset('version: v2'),
    says: ['WFT0108 DestinationRule d spec.subsets[0].labels[version]'],
    silent: [
      web + webV1 + subset('version: v1'),
      web + webV1 + subset('topology.kubernetes.io/zone: a'),
      web + workload('Deployment', 'other', 'app: other') + subset('version: v2'),
      subset('version: v2'),
    ],
  },
  {
    title: 'a port whose name contradicts its protocol',
    analyzer: weftPortProtocols,
    shows: service(
      's',
      '{name: http-web, appProtocol: tcp, port: 80}, {name: udp-dns, port: 53}, {name: grpc, appProtocol: http, port: 81}',
    ),
    says: [
      'WFT0109 Service s spec.ports[0].appProtocol',
      'WFT0109 Service s spec.ports[1].protocol',
      'WFT0109 Service s spec.ports[2].appProtocol',
    ],
    silent: [
      service(
        's',
        '{name: http, appProtocol: kubernetes.io/h2c, port: 80}, {name: grpc, appProtocol: kubernetes.io/h2c, port: 9}, {name: http-rpc, appProtocol: grpc, port: 1}, {name: tcp-db, appProtocol: mysql, port: 2}, {name: web, appProtocol: http, port: 3}, {name: https, protocol: UDP, port: 443}, {name: http-x, appProtocol: acme.com/x, port: 4}, {name: tls-x, appProtocol: https, port: 5}',
      ),
    ],
  },
  {
    title: 'a policy that selects nothing',
    analyzer: weftPolicySelectors,
    shows:
      webV1 +
      peers('p', 'selector: {matchLabels: {app: wbe}}') +
      policy('a', 'selector: {matchLabels: {app: wbe}}') +
      security(
        'RequestAuthentication',
        'name: r, namespace: istio-system',
        'selector: {matchLabels: {app: wbe}}',
      ),
    says: [
      'WFT0110 PeerAuthentication p spec.selector.matchLabels[app]',
      'WFT0110 AuthorizationPolicy a spec.selector.matchLabels[app]',
    ],
    silent: [
      webV1 + peers('p', 'selector: {matchLabels: {app: web}}') + peers('all', ''),
      peers('p', 'selector: {matchLabels: {app: web}}'),
      // Istio says it where it knows Pods.
      pod('web', 'app: web') + policy('a', 'selector: {matchLabels: {app: wbe}}'),
    ],
  },
  {
    title: 'a DENY that shadows an ALLOW',
    analyzer: weftShadowedAllows,
    shows:
      policy('allow', `selector: {matchLabels: {app: web}}, ${allowed}`) +
      policy('deny', denied('to: [{operation: {paths: [/api/*]}}]')),
    says: ['WFT0111 AuthorizationPolicy allow spec.rules[0]'],
    silent: [
      policy('allow', allowed) + policy('deny', denied('to: [{operation: {paths: [/admin/*]}}]')),
      policy('allow', allowed) + policy('deny', denied('from: [{source: {notNamespaces: [shop]}}]')),
      policy('allow', allowed) + policy('deny', `selector: {matchLabels: {app: web}}, ${denied('')}`),
      policy('allow', allowed) + policy('name: deny, namespace: other', denied('')),
      policy('allow', allowed) + policy('name: deny, annotations: {istio.io/dry-run: "true"}', denied('')),
      policy('allow', allowed) + policy('deny', 'action: ALLOW'),
    ],
  },
  {
    title: 'clients without TLS and servers that ask for it',
    analyzer: weftMutualTls,
    shows: peers('default', strict) + calls('DISABLE'),
    says: ['WFT0112 DestinationRule d spec.trafficPolicy.tls.mode'],
    silent: [
      peers('default', strict) + calls('ISTIO_MUTUAL'),
      peers('default', 'mtls: {mode: PERMISSIVE}') + calls('DISABLE'),
      peers('name: default, namespace: other', strict) + calls('DISABLE'),
      // Services that have no sidecars, or may have none.
      peers('name: default, namespace: istio-system', strict) + calls('DISABLE'),
      web +
        workload('Deployment', 'web', 'app: web, sidecar.istio.io/inject: "false"') +
        peers('default', strict) +
        calls('DISABLE'),
      // A policy of some workloads, which may be those of the service.
      peers('default', strict) +
        peers('w', 'selector: {matchLabels: {app: web}}, mtls: {mode: PERMISSIVE}') +
        calls('DISABLE'),
    ],
  },
  {
    title: 'clients with TLS and servers that do not speak it, at one port',
    analyzer: weftMutualTls,
    shows:
      web +
      peers('w', `selector: {matchLabels: {app: web}}, ${strict}, portLevelMtls: {8080: {mode: DISABLE}}`) +
      onPort('ISTIO_MUTUAL'),
    says: ['WFT0112 DestinationRule d spec.trafficPolicy.portLevelSettings[0].tls.mode'],
    silent: [
      web +
        peers('w', `selector: {matchLabels: {app: web}}, ${strict}, portLevelMtls: {8080: {mode: DISABLE}}`) +
        onPort('DISABLE'),
    ],
  },
]

describe('our own analyzers of policies and workloads', () => {
  test.each(cases)('$title', ({ analyzer, shows, says, silent }) => {
    expect(said(analyzer, setOf(shows, { isComplete: false }))).toEqual(says)
    for (const text of silent) expect(said(analyzer, setOf(text, { isComplete: false }))).toEqual([])
  })
})

test('in a cluster, a mesh-wide policy counts for pods with sidecars', () => {
  const sidecar = 'spec: {containers: [{name: istio-proxy, image: x}]}'
  const set = (spec: string) =>
    setOf(
      web +
        pod('p', 'app: web', spec) +
        peers('name: default, namespace: istio-system', strict) +
        calls('DISABLE'),
    )
  expect(said(weftMutualTls, set(sidecar))).toEqual(['WFT0112 DestinationRule d spec.trafficPolicy.tls.mode'])
  expect(said(weftMutualTls, set('spec: {containers: []}'))).toEqual([])
})

test('in a cluster, endpoints and policies are judged by what runs', () => {
  const set = setOf(peers('p', 'selector: {matchLabels: {app: web}}'))
  expect(said(weftPolicySelectors, set)).toEqual([
    'WFT0110 PeerAuthentication p spec.selector.matchLabels[app]',
  ])
})

test('a DENY that two files define otherwise shadows nothing for certain', () => {
  const allow = policy('allow', 'action: ALLOW, rules: [{to: [{operation: {paths: [/a]}}]}]')
  const deny = (path: string): string =>
    policy('deny', `action: DENY, rules: [{to: [{operation: {paths: [${path}]}}]}]`)
  expect(said(weftShadowedAllows, setOf(allow + deny('/a')))).toHaveLength(1)
  expect(said(weftShadowedAllows, setOf(allow + deny('/b') + deny('/a')))).toEqual([])
})

test('workloads of the whole mesh are seldom all among the files', () => {
  const addon = workload('Deployment', 'a', 'app: grafana').replace(
    'name: a',
    'name: a, namespace: istio-system',
  )
  const meshWide = peers(
    'name: p, namespace: istio-system',
    'selector: {matchLabels: {istio: ingressgateway}}',
  )
  const set = (isComplete: boolean) => setOf(addon + meshWide, { isComplete })
  expect(said(weftPolicySelectors, set(false))).toEqual([])
  expect(said(weftPolicySelectors, set(true))).toHaveLength(1)
})
