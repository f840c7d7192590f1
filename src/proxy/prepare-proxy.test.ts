import { fromJson } from '@bufbuild/protobuf'
import { createRegistry } from '@bufbuild/protobuf'
import { describe, expect, test } from 'vitest'
import type { Pod } from '../resources/core/pod.ts'
import { BootstrapSchema } from '../xds/proto/generated/envoy/config/bootstrap/v3/bootstrap_pb.js'
import { HealthCheckSchema } from '../xds/proto/generated/envoy/extensions/filters/http/health_check/v3/health_check_pb.js'
import { RouterSchema } from '../xds/proto/generated/envoy/extensions/filters/http/router/v3/router_pb.js'
import { HttpConnectionManagerSchema } from '../xds/proto/generated/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js'
import { UpstreamTlsContextSchema } from '../xds/proto/generated/envoy/extensions/transport_sockets/tls/v3/tls_pb.js'
import { HttpProtocolOptionsSchema } from '../xds/proto/generated/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js'
import { parseAppProbes } from './app-probes.ts'
import { parseProxyConfig } from './proxy-config.ts'
import { prepareProxy } from './prepare-proxy.ts'

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'myapp-v1-abc',
    namespace: 'shop',
    labels: { app: 'myapp', version: 'v1' },
    annotations: { a: 'b' },
  },
  spec: { containers: [], serviceAccountName: 'seller', nodeName: 'weft' },
}

const probers = {
  '/app-health/myapp/readyz': {
    httpGet: {
      path: '/health?deep=1',
      port: 8080,
      httpHeaders: [
        { name: 'X-Probe', value: 'yes' },
        { name: 'Host', value: 'me' },
      ],
    },
    timeoutSeconds: 3,
  },
  '/app-health/myapp/livez': { tcpSocket: { port: 9000 } },
  '/app-health/myapp/startupz': { grpc: { port: 9001, service: 'shop' } },
}

const prepare = (env: Readonly<Record<string, string>> = {}, role = 'sidecar') =>
  prepareProxy({
    pod,
    podIp: '10.244.0.7',
    args: ['proxy', role, '--domain', 'shop.svc.cluster.local', '--proxyLogLevel=debug'],
    env,
    envoy: '/opt/envoy',
    directory: '/run/weft/image',
  })

const bootstrapOf = (prepared: ReturnType<typeof prepare>) => JSON.parse(prepared.files[0]?.content ?? '')

describe('prepareProxy', () => {
  test('runs Envoy itself on the prepared file', () => {
    const { command, args, files } = prepare({ PROXY_CONFIG: '{"concurrency":3,"drainDuration":"10s"}' })
    expect(command).toEqual(['/opt/envoy'])
    expect(args.join(' ')).toContain(
      '--config-path /run/weft/image/envoy-rev.json --concurrency 3 --drain-time-s 10',
    )
    expect(args.join(' ')).toContain('--log-level debug --component-log-level misc:error')
    expect(files.map(({ name }) => name)).toEqual(['envoy-rev.json'])
  })

  test("names itself in Istio's words", () => {
    const { node } = bootstrapOf(
      prepare({
        ISTIO_META_CLUSTER_ID: 'Kubernetes',
        ISTIO_META_POD_PORTS: '[{"containerPort":8080}]',
        ISTIO_META_WORKLOAD_NAME: 'myapp-v1',
      }),
    )
    expect(node.id).toBe('sidecar~10.244.0.7~myapp-v1-abc.shop~shop.svc.cluster.local')
    expect(node.cluster).toBe('myapp.shop')
    expect(node.metadata).toMatchObject({
      NAME: 'myapp-v1-abc',
      NAMESPACE: 'shop',
      SERVICE_ACCOUNT: 'seller',
      LABELS: { app: 'myapp', version: 'v1' },
      INSTANCE_IPS: '10.244.0.7',
      POD_PORTS: [{ containerPort: 8080 }],
      WORKLOAD_NAME: 'myapp-v1',
      INTERCEPTION_MODE: 'REDIRECT',
    })
    expect(bootstrapOf(prepare({}, 'router')).node.id).toMatch(/^router~/)
  })

  test("is a Bootstrap by Envoy's own definition, with nothing unknown in it", () => {
    const registry = createRegistry(
      HttpConnectionManagerSchema,
      RouterSchema,
      HealthCheckSchema,
      HttpProtocolOptionsSchema,
      UpstreamTlsContextSchema,
    )
    const json = bootstrapOf(prepare({ ISTIO_KUBE_APP_PROBERS: JSON.stringify(probers) }))
    delete json.overload_manager
    const bootstrap = fromJson(BootstrapSchema, json, { registry })
    const listeners = bootstrap.staticResources?.listeners.map(({ name }) => name)
    expect(listeners).toEqual(['prometheus', 'readiness', 'status'])
    expect(bootstrap.clusterManager?.upstreamBindConfig?.socketOptions).toMatchObject([
      { level: 1n, name: 36n, value: { value: 1337n } },
    ])
  })

  test('finds the control plane by name or by address', () => {
    const clusterOf = (address: string) =>
      bootstrapOf(
        prepare({ PROXY_CONFIG: JSON.stringify({ discoveryAddress: address }) }),
      ).static_resources.clusters.find(({ name }: { name: string }) => name === 'xds-grpc')
    expect(clusterOf('istiod.istio-system.svc:15010').type).toBe('STRICT_DNS')
    expect(clusterOf('10.244.0.1:15010').type).toBe('STATIC')
    expect(() => clusterOf('istiod')).toThrow('is not host:port')
  })

  test('passes HTTP probes on and answers TCP and gRPC probes from health checks', () => {
    const { static_resources: resources } = bootstrapOf(
      prepare({ ISTIO_KUBE_APP_PROBERS: JSON.stringify(probers) }),
    )
    const status = resources.listeners.find(({ name }: { name: string }) => name === 'status')
    const manager = status.filter_chains[0].filters[0].typed_config
    expect(manager.route_config.virtual_hosts[0].routes.at(-1)).toEqual({
      match: { path: '/app-health/myapp/readyz' },
      route: {
        cluster: 'app-health|http|8080',
        prefix_rewrite: '/health?deep=1',
        timeout: '3s',
        host_rewrite_literal: 'me',
      },
      request_headers_to_add: [
        { header: { key: 'X-Probe', value: 'yes' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
      ],
    })
    expect(manager.http_filters.map(({ name }: { name: string }) => name)).toEqual([
      'health_check /app-health/myapp/livez',
      'health_check /app-health/myapp/startupz',
      'envoy.filters.http.router',
    ])
    const checked = resources.clusters.filter(
      (cluster: { health_checks?: unknown }) => cluster.health_checks !== undefined,
    )
    expect(checked.map(({ name }: { name: string }) => name)).toEqual([
      'app-health|tcp|9000',
      'app-health|grpc|9001|shop',
    ])
    for (const cluster of resources.clusters.slice(2)) {
      expect(cluster.upstream_bind_config.source_address.address).toBe('127.0.0.6')
    }
  })
})

describe('what the environment says', () => {
  test.each([
    ['{', 'PROXY_CONFIG is not JSON'],
    ['[1]', 'is not a JSON object'],
  ])('PROXY_CONFIG %s is refused', (text, message) => {
    expect(() => parseProxyConfig(text)).toThrow(message)
  })

  test.each([
    ['{', 'is not JSON'],
    ['{"/x":{"httpGet":{"port":"http"}}}', 'port must be a number'],
    ['{"/x":{}}', 'one of httpGet, tcpSocket and grpc'],
    ['{"/x":1}', 'a prober is an object'],
  ])('ISTIO_KUBE_APP_PROBERS %s is refused', (text, message) => {
    expect(() => parseAppProbes(text)).toThrow(message)
  })

  test('statistics may be added', () => {
    const config = parseProxyConfig('{"proxyStatsMatcher":{"inclusionPrefixes":["cluster.outbound"]}}')
    expect(config).toMatchObject({ statsPrefixes: ['cluster.outbound'], concurrency: 1, drainSeconds: 45 })
  })
})
