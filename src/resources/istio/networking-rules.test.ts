/** Verdicts of Istio's CustomResourceDefinitions and webhook on objects of networking.istio.io, one rule a row. */
import { describe, expect, test } from 'vitest'
import { refusedFields } from './object-verdict-rig.conformance.ts'

/** What is written, and the fields that are refused. */
type Row = readonly [spec: string, refused: readonly string[]]

const verdicts = (kind: string, rows: readonly Row[], whole: (spec: string) => string): void => {
  test.each(rows)(`${kind}: %s`, (spec, refused) => {
    expect(refusedFields(kind, whole(spec))).toEqual(refused)
  })
}

const route = 'route: [{destination: {host: a}}]'

describe('VirtualService', () => {
  verdicts(
    'VirtualService',
    [
      ['directResponse: {status: 200}, fault: {abort: {httpStatus: 500}}', ['http[0].fault']],
      ['delegate: {name: b}, directResponse: {status: 200}', []],
      ["directResponse: {status: 200, body: {bytes: ''}}", ['http[0].directResponse.body.bytes']],
      [`delegate: {name: b}, ${route}`, ['http[0].route']],
      ['delegate: {name: b}, mirror: {host: a}, mirrors: [{destination: {host: a}}]', []],
      [`mirror: {host: a}, mirrors: [{destination: {host: a}}], ${route}`, ['http[0].mirrors']],
      [`corsPolicy: {allowMethods: ['*']}, ${route}`, []],
      [`match: [{headers: {':path': {exact: a}}}], ${route}`, []],
      [`match: [{headers: {':other': {exact: a}}}], ${route}`, ['http[0].match[0].headers']],
      [`match: [{sourceLabels: {'Example.com/a': ${'x'.repeat(70)}}}], ${route}`, []],
      [`match: [{sourceLabels: {a: 'b c'}}], ${route}`, ['http[0].match[0].sourceLabels[a]']],
      [`timeout: 3000000h, ${route}`, ['http[0].timeout']],
      [`rewrite: {authority: ''}, headers: {request: {set: {host: b}}}, ${route}`, ['http[0].rewrite']],
      [`match: [{uri: {regex: 'a{1001}'}}], ${route}`, ['http[0].match[0].uri.regex']],
    ],
    (http) => `{hosts: [a.com], http: [{${http}}]}`,
  )
  verdicts(
    'VirtualService',
    [
      // Istio looks no further than the first name without a namespace.
      ['gateways: [mesh, a/B_]', []],
      ['gateways: [a/B_, mesh]', ['gateways[0]']],
      ["exportTo: ['.']", []],
      ["exportTo: ['.', default]", ['exportTo[1]']],
    ],
    (spec) => `{hosts: [a.com], http: [{${route}}], ${spec}}`,
  )
})

describe('Gateway', () => {
  const tls = 'servers[0].tls'
  verdicts(
    'Gateway',
    [
      ['mode: SIMPLE, credentialName: a, ecdhCurves: [X25519], insecureSkipVerify: true', []],
      ['mode: SIMPLE, credentialNames: [a], serverCertificate: a', []],
      ['mode: SIMPLE, credentialNames: [a], serverCertificate: a, privateKey: b', [tls]],
      ['credentialName: a, serverCertificate: a, privateKey: b', [tls]],
      ["mode: SIMPLE, credentialName: '', credentialNames: [a]", [`${tls}.credentialNames`]],
      ['mode: ISTIO_MUTUAL, credentialNames: [a]', [`${tls}.credentialNames`]],
      [
        'mode: MUTUAL, tlsCertificates: [{serverCertificate: a, privateKey: b, caCertificates: c}]',
        [`${tls}.caCertificates`],
      ],
      ['credentialName: a, caCrl: b', [`${tls}.caCrl`]],
    ],
    (settings) =>
      `{servers: [{hosts: [a.com], port: {number: 443, name: a, protocol: HTTPS}, tls: {${settings}}}]}`,
  )
})

test('a Gateway that Istio made of one of the Gateway API', () => {
  const spec = '{servers: [{hosts: [~/*], port: {number: 80, name: a, protocol: HTTP}}]}'
  const annotations = { 'internal.istio.io/gateway-semantics': 'gateway' }
  expect(refusedFields('Gateway', spec, { name: 'a.b', annotations })).toEqual([])
  expect(refusedFields('Gateway', spec, { name: 'a.b' })).toEqual(['metadata.name', 'servers[0].hosts[0]'])
})

describe('DestinationRule', () => {
  verdicts(
    'DestinationRule',
    [
      ['portLevelSettings: []', ['trafficPolicy']],
      [
        'tunnel: {targetHost: a, targetPort: 80}, proxyProtocol: {version: V1}',
        ['trafficPolicy.proxyProtocol'],
      ],
      ['connectionPool: {tcp: {idleTimeout: 0s}}', []],
      ['connectionPool: {http: {idleTimeout: 0s}}', ['trafficPolicy.connectionPool.http.idleTimeout']],
      [
        'connectionPool: {http: {http2KeepAlive: {interval: 1s}}}',
        ['trafficPolicy.connectionPool.http.http2KeepAlive.timeout'],
      ],
      ['loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 1}}}', []],
      [
        'loadBalancer: {consistentHash: {httpCookie: {name: a, attributes: [{name: b}, {name: b}]}}}',
        ['trafficPolicy.loadBalancer.consistentHash.httpCookie.attributes[1].name'],
      ],
      [
        'loadBalancer: {consistentHash: {httpCookie: {name: a, ttl: soon}}}',
        ['trafficPolicy.loadBalancer.consistentHash.httpCookie.ttl'],
      ],
      ['loadBalancer: {backendUtilization: {weightUpdatePeriod: 1s}}', []],
      ['loadBalancer: {backendUtilization: {}, simple: RANDOM}', ['trafficPolicy.loadBalancer']],
      [
        'loadBalancer: {localityLbSetting: {}, zoneAwareLbSetting: {minClusterSize: 3}}',
        ['trafficPolicy.loadBalancer.zoneAwareLbSetting'],
      ],
      [
        'loadBalancer: {warmup: {duration: 1s, aggression: 0}}',
        ['trafficPolicy.loadBalancer.warmup.aggression'],
      ],
      ['loadBalancer: {warmupDurationSecs: 1.5ms}', []],
      ['retryBudget: {budgetInterval: 1s}, outlierDetection: {outlierDetectionHttpErrorCodes: [503]}', []],
      ['retryBudget: {budgetInterval: soon}', ['trafficPolicy.retryBudget.budgetInterval']],
      ['tls: {mode: SIMPLE, insecureSkipVerify: true, subjectAltNames: []}', []],
      ["tls: {mode: SIMPLE, credentialName: 'configmap://a'}", ['trafficPolicy.tls.credentialName']],
      ["tls: {mode: SIMPLE, credentialName: 'configmap://default/a'}", []],
    ],
    (policy) => `{host: a.com, trafficPolicy: {${policy}}}`,
  )
  const distribute = 'trafficPolicy.loadBalancer.localityLbSetting.distribute'
  verdicts(
    'DestinationRule',
    [
      ['us, us/east', [distribute]],
      ['us/east, us/*', []],
      ['us/*, us/east', [distribute]],
      ['us/east/one/two, us/east/one', []],
    ],
    (localities) => {
      const entries = localities.split(', ').map((from) => `{from: '${from}', to: {a: 100}}`)
      return `{host: a.com, trafficPolicy: {loadBalancer: {localityLbSetting: {distribute: [${entries.join(', ')}]}}}}`
    },
  )
})

describe('ServiceEntry', () => {
  const ports = 'ports: [{number: 80, name: a, protocol: HTTP}]'
  verdicts(
    'ServiceEntry',
    [
      ['ports: [{number: 80, name: HTTP, protocol: HTTP}]', []],
      ['ports: [{number: 80, name: a, protocol: HBONE}]', ['ports[0].protocol']],
      ['ports: [{number: 80, name: a, targetPort: 0}]', ['ports[0].targetPort']],
      [`${ports}, addresses: ['fe80::1%eth0']`, []],
      [`${ports}, addresses: [10.0.0.0/08]`, ['addresses[0]']],
      [`${ports}, endpoints: []`, ['endpoints']],
      [`${ports}, resolution: STATIC, endpoints: [{address: 'unix://@a/'}]`, ['endpoints[0].address']],
      [
        `${ports}, resolution: STATIC, endpoints: [{address: 'unix:///a', ports: {}}]`,
        ['endpoints[0].ports'],
      ],
    ],
    (spec) => `{hosts: [a.com], ${spec}}`,
  )
})

describe('workloads', () => {
  verdicts(
    'WorkloadEntry',
    [
      ['{address: 10.0.0.1, ports: {HTTP: 80}}', []],
      [`{address: 10.0.0.1, ports: {${'a'.repeat(63)}: 80}}`, ['ports']],
    ],
    String,
  )
  verdicts(
    'WorkloadGroup',
    [
      ['template: {ports: {a.b: 80}}', ['template.ports']],
      ["template: {address: 'unix://a'}", ['template.address']],
      ['template: {}, probe: {grpc: {port: 80}}', ['probe.grpc']],
      ['template: {}, probe: {periodSeconds: -1, tcpSocket: {port: 80}}', ['probe.periodSeconds']],
      [
        'template: {}, probe: {httpGet: {port: 80, httpHeaders: [{name: a_b}]}}',
        ['probe.httpGet.httpHeaders[0].name'],
      ],
    ],
    (spec) => `{${spec}}`,
  )
})

describe('Sidecar', () => {
  verdicts(
    'Sidecar',
    [
      ['egress: [{hosts: [./a]}]', ['egress[0].hosts[0]']],
      ['egress: [{hosts: ["*/10.0.0.1"]}]', ['egress[0].hosts[0]']],
      ['egress: [{hosts: ["~a/*", "*/*"]}]', []],
      ['ingress: [{port: {number: 80, name: HTTP, protocol: HTTP}}]', []],
      ['ingress: [{port: {number: 80}, defaultEndpoint: "[127.0.0.1]:80"}]', []],
    ],
    (spec) => `{${spec}}`,
  )
})
