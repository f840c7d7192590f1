import { describe, expect, test } from 'vitest'
import { clusterTable, endpointTable, listenerTable, routeTable } from './tables.ts'

describe('tables of a proxy’s configuration', () => {
  test('clusters: the parts of Istio’s name and the DestinationRule behind it', () => {
    const config = '/apis/networking.istio.io/v1/namespaces/default/destination-rule/myapp'
    const dump = {
      configs: [
        { static_clusters: [{ cluster: { name: 'agent' } }] },
        {
          dynamic_active_clusters: [
            {
              cluster: {
                name: 'outbound|8080|v1|myapp.default.svc.cluster.local',
                type: 'EDS',
                metadata: { filter_metadata: { istio: { config } } },
              },
            },
          ],
        },
      ],
    }
    expect(clusterTable(dump).slice(1)).toEqual([
      ['agent', '-', '-', '-', 'STATIC', ''],
      ['myapp.default.svc.cluster.local', '8080', 'v1', 'outbound', 'EDS', 'myapp.default'],
    ])
  })

  test('endpoints: health and outlier state', () => {
    const address = { socket_address: { address: '10.244.0.5', port_value: 8080 } }
    const rows = endpointTable({
      cluster_statuses: [
        {
          name: 'outbound|80||a',
          host_statuses: [
            { address, health_status: { eds_health_status: 'HEALTHY' } },
            { address, health_status: { eds_health_status: 'UNHEALTHY', failed_outlier_check: true } },
          ],
        },
      ],
    })
    expect(rows.slice(1)).toEqual([
      ['10.244.0.5:8080', 'HEALTHY', 'OK', 'outbound|80||a'],
      ['10.244.0.5:8080', 'UNHEALTHY', 'FAILED', 'outbound|80||a'],
    ])
  })

  test('listeners: one row a filter chain, with what it matches and where it leads', () => {
    const rows = listenerTable({
      configs: [
        {
          dynamic_listeners: [
            {
              active_state: {
                listener: {
                  name: '0.0.0.0_8080',
                  address: { socket_address: { address: '0.0.0.0', port_value: 8080 } },
                  filter_chains: [
                    {
                      filter_chain_match: {
                        transport_protocol: 'raw_buffer',
                        application_protocols: ['h2c'],
                      },
                      filters: [{ name: 'hcm', typed_config: { rds: { route_config_name: '8080' } } }],
                    },
                  ],
                  default_filter_chain: {
                    filters: [{ name: 'tcp', typed_config: { cluster: 'PassthroughCluster' } }],
                  },
                },
              },
            },
          ],
        },
      ],
    })
    expect(rows.slice(1)).toEqual([
      ['0.0.0.0', '8080', 'ALL', 'Cluster: PassthroughCluster'],
      ['0.0.0.0', '8080', 'Trans: raw_buffer; App: h2c', 'Route: 8080'],
    ])
  })

  test('routes: the name without its route configuration, the match, the VirtualService', () => {
    const config = '/apis/networking.istio.io/v1/namespaces/default/virtual-service/myapp'
    const rows = routeTable({
      configs: [
        {
          dynamic_route_configs: [
            {
              route_config: {
                name: 'http.80',
                virtual_hosts: [
                  {
                    name: 'http.80/*:80',
                    domains: ['*', 'other'],
                    routes: [
                      { match: { path: '/api' }, metadata: { filter_metadata: { istio: { config } } } },
                      { match: { prefix: '/' } },
                    ],
                  },
                ],
              },
            },
          ],
        },
      ],
    })
    expect(rows.slice(1)).toEqual([
      ['http.80', '*:80', '* + 1 more...', '/*', ''],
      ['http.80', '*:80', '* + 1 more...', '/api', 'myapp.default'],
    ])
  })
})
