import { describe, expect, test } from 'vitest'
import {
  destinationRule,
  gateway,
  object,
  pod,
  said,
  service,
  setOf,
  virtualService,
} from '../object-set-rig.conformance.ts'
import type { AnalyzerCase } from '../object-set-rig.conformance.ts'
import { deprecations } from './deprecations.ts'
import { destinationHosts } from './destination-hosts.ts'
import { destinationRuleTls } from './destination-rule-tls.ts'
import { destinationSubsets } from './destination-subsets.ts'
import { gatewayCertificates } from './gateway-certificates.ts'
import { gatewayConflicts } from './gateway-conflicts.ts'
import { gatewayPorts } from './gateway-ports.ts'
import { gatewaySecrets } from './gateway-secrets.ts'
import { jwtClaimRoutes } from './jwt-claim-routes.ts'
import { meshHostsConflict } from './mesh-hosts-conflict.ts'
import { routeReachability } from './route-reachability.ts'
import { serviceEntryAddresses } from './service-entry-addresses.ts'
import { serviceEntryProtocols } from './service-entry-protocols.ts'
import { subsetPods } from './subset-pods.ts'
import { virtualServiceGateways } from './virtual-service-gateways.ts'

const web = service('web', '{port: 80}', 'app: web')
const wide = service('wide', '{port: 80}, {port: 81}')
const routeTo = (destination: string): string =>
  virtualService('vs', `hosts: [web], http: [{route: [{destination: {${destination}}}]}]`)
const podOn = (node: string): string => pod('p', 'app: web', `spec: {nodeName: ${node}, containers: []}`)
const edge = pod('edge', 'istio: edge')
const edgeService = service('edge', '{port: 80, targetPort: 8080}', 'istio: edge')
const tlsGateway = (name: string, credential: string): string =>
  gateway(
    name,
    `selector: {istio: edge}, servers: [{hosts: [${name}.example.com], port: {number: 443, name: h, protocol: HTTPS}, tls: {mode: SIMPLE, credentialName: ${credential}}}]`,
  )
const plainGateway = (name: string, host: string, port = 80): string =>
  gateway(
    name,
    `selector: {istio: edge}, servers: [{hosts: [${host}], port: {number: ${port}, name: h, protocol: HTTP}}]`,
  )
const entry = (name: string, spec: string): string =>
  object('networking.istio.io/v1', 'ServiceEntry', `name: ${name}`, `spec: {${spec}}`)
const destination = 'spec.http[0].route[0].destination'
const claims = `hosts: [a.com], gateways: [edge], http: [{match: [{headers: {'@request.auth.claims.sub': {exact: x}}}], route: []}]`
const authentication = object(
  'security.istio.io/v1',
  'RequestAuthentication',
  'name: jwt, namespace: istio-system',
  'spec: {}',
)

const cases: readonly AnalyzerCase[] = [
  {
    title: 'a host that is no service',
    analyzer: destinationHosts,
    shows: web + routeTo('host: wbe'),
    says: [`IST0101 VirtualService vs ${destination}.host`],
    silent: web + routeTo('host: web.default.svc.cluster.local'),
  },
  {
    title: 'a port that the service has not',
    analyzer: destinationHosts,
    shows: web + routeTo('host: web, port: {number: 81}'),
    says: [`IST0101 VirtualService vs ${destination}.port.number`],
    silent: web + routeTo('host: web, port: {number: 80}'),
  },
  {
    title: 'a service of two ports and a route to none of them',
    analyzer: destinationHosts,
    shows: wide + routeTo('host: wide'),
    says: [`IST0112 VirtualService vs ${destination}.host`],
    silent: wide + routeTo('host: wide, port: {number: 81}'),
  },
  {
    title: 'a host that a wildcard entry covers',
    analyzer: destinationHosts,
    shows: entry('e', 'hosts: ["*.example.com"]') + web + routeTo('host: example.org'),
    says: [`IST0101 VirtualService vs ${destination}.host`],
    silent: entry('e', 'hosts: ["*.example.com"]') + web + routeTo('host: a.example.com'),
  },
  {
    title: 'a gateway that passes by the subsets of a host',
    analyzer: destinationHosts,
    shows:
      web +
      virtualService('mesh', 'hosts: [web], http: [{route: [{destination: {host: web, subset: v1}}]}]') +
      virtualService('vs', 'hosts: [a.com], gateways: [edge], http: [{route: [{destination: {host: web}}]}]'),
    says: [`IST0140 VirtualService vs ${destination}.host`],
    silent:
      web +
      virtualService('mesh', 'hosts: [web], http: [{route: [{destination: {host: web}}]}]') +
      virtualService('other', 'hosts: [a], http: [{route: [{destination: {host: web, subset: v1}}]}]') +
      virtualService('vs', 'hosts: [a.com], gateways: [edge], http: [{route: [{destination: {host: web}}]}]'),
  },
  {
    title: 'a subset that no rule defines',
    analyzer: destinationSubsets,
    shows: routeTo('host: web, subset: v2') + destinationRule('d', 'host: web, subsets: [{name: v1}]'),
    says: [`IST0101 VirtualService vs ${destination}.subset`],
    silent:
      routeTo('host: web, subset: v1') +
      destinationRule('d', 'host: web.default.svc.cluster.local, subsets: [{name: v1}]'),
  },
  {
    title: 'a gateway that does not exist',
    analyzer: virtualServiceGateways,
    shows: virtualService('vs', 'hosts: [a.example.com], gateways: [edge]'),
    says: ['IST0101 VirtualService vs spec.gateways[0]', 'IST0132 VirtualService vs spec.gateways[0]'],
    silent:
      plainGateway('edge', '"*.example.com"') +
      virtualService('vs', 'hosts: [a.example.com], gateways: [edge, mesh]'),
  },
  {
    title: 'a gateway without the host',
    analyzer: virtualServiceGateways,
    shows:
      plainGateway('edge', 'other/a.example.com') +
      virtualService('vs', 'hosts: [a.example.com], gateways: [default/edge]'),
    says: ['IST0132 VirtualService vs spec.gateways[0]'],
    silent:
      plainGateway('edge', './a.example.com') +
      virtualService('vs', 'hosts: [a.example.com], gateways: [default/edge]'),
  },
  {
    title: 'a gateway made from one of the Gateway API',
    analyzer: virtualServiceGateways,
    shows: virtualService('vs', 'hosts: [a.com], gateways: [a~istio-autogenerated-k8s-gateway~b]'),
    says: ['IST0165 VirtualService vs spec.gateways[0]'],
    silent: virtualService('vs', 'hosts: [a.com], gateways: [mesh]'),
  },
  {
    title: 'one host in two VirtualServices of the mesh',
    analyzer: meshHostsConflict,
    shows: virtualService('a', 'hosts: [web]') + virtualService('b', 'hosts: [web]'),
    says: ['IST0109 VirtualService a metadata.name', 'IST0109 VirtualService b metadata.name'],
    silent:
      virtualService('a', 'hosts: [web]') +
      virtualService('b', 'hosts: [web], gateways: [edge]') +
      virtualService('c', 'hosts: [shop]'),
  },
  {
    title: 'a claim that nothing checks',
    analyzer: jwtClaimRoutes,
    shows: edge + plainGateway('edge', 'a.com') + virtualService('vs', claims),
    says: ['IST0149 VirtualService vs spec.http[0].match[0].headers[@request.auth.claims.sub]'],
    silent: edge + plainGateway('edge', 'a.com') + virtualService('vs', claims) + authentication,
  },
  {
    title: 'a rule after one that takes everything',
    analyzer: routeReachability,
    shows: virtualService('vs', 'http: [{route: []}, {match: [{uri: {exact: /}}]}]'),
    says: ['IST0130 VirtualService vs spec.http[1]'],
    silent: virtualService('vs', 'http: [{match: [{uri: {exact: /}}]}, {route: []}]'),
  },
  {
    title: 'a match that is repeated under another name',
    analyzer: routeReachability,
    shows: virtualService(
      'vs',
      'http: [{match: [{name: a, uri: {exact: /}}]}, {match: [{uri: {exact: /}, name: b}, {uri: {exact: /b}}]}]',
    ),
    says: ['IST0131 VirtualService vs spec.http[1].match[0]'],
    silent: virtualService('vs', 'tcp: [{match: [{port: 1}]}, {match: [{port: 2}]}]'),
  },
  {
    title: 'a longer prefix after a shorter one',
    analyzer: routeReachability,
    shows: virtualService('vs', 'http: [{match: [{uri: {prefix: /a}}]}, {match: [{uri: {prefix: /ab}}]}]'),
    says: ['IST0131 VirtualService vs spec.http[1].match[0].uri.prefix'],
    silent: virtualService(
      'vs',
      'http: [{match: [{uri: {prefix: /a}, port: 1}]}, {match: [{uri: {prefix: /ab}, port: 2}]}]',
    ),
  },
  {
    title: 'a gateway that selects nothing',
    analyzer: gatewayPorts,
    shows: plainGateway('edge', 'a.com'),
    says: ['IST0101 Gateway edge spec.selector[istio]'],
    silent: edge + edgeService + plainGateway('edge', 'a.com'),
  },
  {
    title: 'a gateway on a port that no service has',
    analyzer: gatewayPorts,
    shows: edge + edgeService + plainGateway('edge', 'a.com', 9000),
    says: ['IST0162 Gateway edge spec.servers[0].port.number'],
    silent: edge + edgeService + plainGateway('edge', 'a.com', 8080),
  },
  {
    title: 'two gateways with one certificate',
    analyzer: gatewayCertificates,
    shows: tlsGateway('a', 'same') + tlsGateway('b', 'same'),
    says: ['IST0138 Gateway a metadata.name', 'IST0138 Gateway b metadata.name'],
    silent: tlsGateway('a', 'one') + tlsGateway('b', 'other'),
  },
  {
    title: 'two gateways with one host and port',
    analyzer: gatewayConflicts,
    shows: plainGateway('a', 'a.com') + plainGateway('b', 'a.com'),
    says: ['IST0145 Gateway a spec.servers[0].hosts', 'IST0145 Gateway b spec.servers[0].hosts'],
    silent: plainGateway('a', 'a.com') + plainGateway('b', 'a.com', 81) + plainGateway('c', 'b.com'),
  },
  {
    title: 'a certificate that does not exist',
    analyzer: gatewaySecrets,
    shows: edge + tlsGateway('a', 'absent'),
    says: ['IST0101 Gateway a spec.servers[0].tls.credentialName'],
    silent: edge + plainGateway('a', 'a.com'),
  },
  {
    title: 'TLS without a check of the certificate',
    analyzer: destinationRuleTls,
    shows: destinationRule(
      'd',
      'host: a.com, trafficPolicy: {tls: {mode: SIMPLE}, portLevelSettings: [{port: {number: 1}, tls: {mode: MUTUAL}}]}',
    ),
    says: [
      'IST0128 DestinationRule d spec.trafficPolicy.tls.caCertificates',
      'IST0129 DestinationRule d spec.trafficPolicy.portLevelSettings[0].tls.caCertificates',
    ],
    silent: destinationRule(
      'd',
      'host: a.com, workloadSelector: {}, trafficPolicy: {tls: {mode: SIMPLE, credentialName: c}}',
    ),
  },
  {
    title: 'a rule for a host that does not exist',
    analyzer: subsetPods,
    shows: web + destinationRule('d', 'host: wbe'),
    says: ['IST0174 DestinationRule d spec.host'],
    silent: web + destinationRule('d', 'host: web'),
  },
  {
    title: 'a subset without pods',
    analyzer: subsetPods,
    shows:
      web +
      pod('p', 'app: web, v: "1"') +
      destinationRule('d', 'host: web, subsets: [{name: b, labels: {v: "2"}}]'),
    says: ['IST0173 DestinationRule d spec.subsets[0].labels'],
    silent:
      web +
      pod('p', 'app: web, v: "1"') +
      destinationRule('d', 'host: web, subsets: [{name: a, labels: {v: "1"}}]'),
  },
  {
    title: 'a subset of a locality that its node does not have',
    analyzer: subsetPods,
    shows:
      web +
      podOn('node-1') +
      object('v1', 'Node', 'name: node-1, labels: {topology.kubernetes.io/zone: z}') +
      destinationRule('d', 'host: web, subsets: [{name: z, labels: {topology.kubernetes.io/zone: z}}]'),
    says: ['IST0173 DestinationRule d spec.subsets[0].labels'],
    silent:
      web +
      podOn('node-1') +
      object(
        'v1',
        'Node',
        'name: node-1, labels: {topology.kubernetes.io/region: r, topology.kubernetes.io/zone: z}',
      ) +
      destinationRule(
        'd',
        'host: web, subsets: [{name: z, labels: {topology.kubernetes.io/zone: z}}, {name: h, labels: {kubernetes.io/hostname: node-1}}]',
      ),
  },
  {
    title: 'a delay in percent of old',
    analyzer: deprecations,
    shows: virtualService('vs', 'http: [{fault: {delay: {percent: 5}}}]'),
    says: ['IST0002 VirtualService vs spec.http[0].fault.delay.percent'],
    silent: virtualService('vs', 'http: [{fault: {delay: {percentage: {value: 5}}}}]'),
  },
  {
    title: 'a TCP port without addresses',
    analyzer: serviceEntryAddresses,
    shows: entry('e', 'hosts: [a.com], ports: [{number: 1, name: t, protocol: tcp}]'),
    says: ['IST0134 ServiceEntry e spec.ports[0].name'],
    silent: entry('e', 'hosts: [a.com], addresses: [1.2.3.4], ports: [{number: 1, name: t, protocol: TCP}]'),
  },
  {
    title: 'two protocols for one host and port',
    analyzer: serviceEntryProtocols,
    shows:
      entry('a', 'hosts: [a.com], ports: [{number: 1, protocol: TCP}]') +
      entry('b', 'hosts: [a.com], ports: [{number: 1, protocol: HTTP}]'),
    says: ['IST0177 ServiceEntry a metadata.name', 'IST0177 ServiceEntry b metadata.name'],
    silent:
      entry('a', 'hosts: [a.com], exportTo: [one], ports: [{number: 1, protocol: TCP}]') +
      entry('b', 'hosts: [a.com], exportTo: [two], ports: [{number: 1, protocol: HTTP}]'),
  },
]

describe('analyzers of traffic', () => {
  test.each(cases)('$title', ({ analyzer, shows, says, silent }) => {
    expect(said(analyzer, setOf(shows))).toEqual(says)
    expect(said(analyzer, setOf(silent))).toEqual([])
  })
})

describe('objects without those that they refer to', () => {
  test('say nothing of services when there may be others', () => {
    const set = setOf(routeTo('host: elsewhere') + destinationRule('d', 'host: elsewhere'), {
      isComplete: false,
    })
    expect([...said(destinationHosts, set), ...said(subsetPods, set)]).toEqual([])
  })
  test('say nothing of services of other namespaces, unless their namesake is elsewhere', () => {
    const hosts = (text: string): readonly string[] => {
      const set = setOf(text, { isComplete: false })
      return [...said(destinationHosts, set), ...said(subsetPods, set)]
    }
    const istiod = 'istiod.istio-system.svc.cluster.local'
    const addon = service('grafana', '{port: 80}').replace('grafana', 'grafana, namespace: istio-system')
    expect(hosts(addon + routeTo('host: shop') + destinationRule('d', `host: ${istiod}`))).toEqual([])
    const placed = (text: string): string => text.replace(/name: (vs|d)\b/, '$&, namespace: shop')
    const rules = [routeTo('host: grafana'), destinationRule('d', 'host: grafana')]
    expect(hosts(addon + rules.map(placed).join(''))).toHaveLength(2)
    // kubectl apply -n istio-system puts them beside it.
    expect(hosts(addon + rules.join(''))).toEqual([])
    expect(hosts(web + routeTo('host: shop'))).toHaveLength(1)
  })
  test('know the gateway that an installation brings', () => {
    const chosen = plainGateway('edge', 'a.com', 9000).replace('istio: edge', 'istio: ingressgateway')
    const set = setOf(edge + edgeService + chosen, { isComplete: false })
    expect([...said(gatewayPorts, set), ...said(gatewaySecrets, set)]).toEqual([])
  })
  test('look for the certificates of the installed gateway where it runs, if its Secrets are among the files', () => {
    const secret = (metadata: string): string => object('v1', 'Secret', metadata, 'type: Opaque')
    const chosen = tlsGateway('edge', 'cert').replace('istio: edge', 'istio: ingressgateway')
    const secrets = (text: string): readonly string[] =>
      said(gatewaySecrets, setOf(chosen + text, { isComplete: false }))
    expect(secrets(secret('name: other'))).toEqual([])
    const notFound = ['IST0101 Gateway edge spec.servers[0].tls.credentialName']
    expect(secrets(secret('name: cert'))).toEqual(notFound)
    expect(secrets(secret('name: other, namespace: istio-system'))).toEqual(notFound)
  })
  test('say nothing of subsets of a host whose endpoints are its own', () => {
    const external = entry('e', 'hosts: [a.com], endpoints: [{address: 1.2.3.4, labels: {v: "1"}}]')
    const rule = destinationRule('d', 'host: a.com, subsets: [{name: a, labels: {v: "1"}}]')
    expect(said(subsetPods, setOf(web + external + rule, { isComplete: false }))).toEqual([])
  })
  test('say nothing of a gateway whose pods may be elsewhere', () => {
    const set = setOf(plainGateway('edge', 'a.com'), { isComplete: false })
    expect([...said(gatewayPorts, set), ...said(gatewaySecrets, set)]).toEqual([])
  })
})
