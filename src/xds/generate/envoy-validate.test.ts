import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromBinary, toJson, type DescMessage, type JsonObject, type JsonValue } from '@bufbuild/protobuf'
import { describe, expect, test } from 'vitest'
import { isJsonObject } from '../../primitives/json-value.ts'
import { createViewer } from '../../mesh/view/viewer.ts'
import type { Proxy } from '../../mesh/view/proxy-view.ts'
import { ClusterSchema } from '../proto/generated/envoy/config/cluster/v3/cluster_pb.js'
import { ClusterLoadAssignmentSchema } from '../proto/generated/envoy/config/endpoint/v3/endpoint_pb.js'
import { ListenerSchema } from '../proto/generated/envoy/config/listener/v3/listener_pb.js'
import { RouteConfigurationSchema } from '../proto/generated/envoy/config/route/v3/route_pb.js'
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE } from '../protocol/ads-port.ts'
import type { Snapshot } from '../protocol/resource.ts'
import { messageRegistry } from './message-registry.ts'
import { createSnapshotBuilder } from './snapshot.ts'
import { meshOfFiles } from './testdata/mesh-of-files.ts'

/** Set to an Envoy binary to have the real proxy judge what is generated. */
const envoy = process.env['WEFT_ENVOY']

const mesh = meshOfFiles('traffic-shifting.yaml', 'every-field.yaml', 'entries.yaml')

const jsonOf = (snapshot: Snapshot, typeUrl: string, schema: DescMessage): readonly JsonObject[] =>
  [...(snapshot.resources.get(typeUrl)?.values() ?? [])].map((resource) => {
    const json = toJson(schema, fromBinary(schema, resource.body), { registry: messageRegistry() })
    if (!isJsonObject(json)) throw new Error('not an object')
    return json as JsonObject
  })

const text = (object: JsonObject, field: string): string => {
  const value = object[field]
  return typeof value === 'string' ? value : ''
}

/** Envoy validates no references to other discovery services, so tables and endpoints are put in place. */
const staticBootstrap = (snapshot: Snapshot): JsonObject => {
  const routes = new Map(
    jsonOf(snapshot, ROUTE_TYPE, RouteConfigurationSchema).map((route) => [text(route, 'name'), route]),
  )
  const assignments = new Map(
    jsonOf(snapshot, ENDPOINT_TYPE, ClusterLoadAssignmentSchema).map((item) => [
      text(item, 'clusterName'),
      item,
    ]),
  )
  const inline = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(inline)
    if (!isJsonObject(value)) return value
    const rds = value['rds']
    if (isJsonObject(rds)) {
      const { rds: _, ...rest } = value
      const route = routes.get(text(rds, 'routeConfigName'))
      expect(route, `route ${text(rds, 'routeConfigName')}`).toBeDefined()
      return { ...rest, routeConfig: route ?? {} } as JsonObject
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, entry]) => [name, inline(entry as JsonValue)]),
    )
  }
  const clusters = jsonOf(snapshot, CLUSTER_TYPE, ClusterSchema).map((cluster): JsonObject => {
    if (cluster['type'] !== 'EDS') return cluster
    const { edsClusterConfig: _, ...rest } = cluster
    return { ...rest, type: 'STATIC', loadAssignment: assignments.get(text(cluster, 'name')) ?? {} }
  })
  return {
    node: { id: 'test', cluster: 'test' },
    staticResources: {
      clusters,
      listeners: jsonOf(snapshot, LISTENER_TYPE, ListenerSchema).map(inline),
    },
  } as JsonObject
}

const proxies: readonly Proxy[] = [
  { type: 'sidecar', name: 'myapp-v1', namespace: 'default', labels: { app: 'myapp', version: 'v1' } },
  { type: 'router', name: 'gateway', namespace: 'istio-system', labels: { istio: 'ingressgateway' } },
]

describe.skipIf(envoy === undefined)('Envoy accepts', () => {
  test.each(proxies)('what a $type gets', (proxy) => {
    const snapshot = createSnapshotBuilder().build(createViewer().view(mesh, proxy)).complete()
    const folder = mkdtempSync(join(tmpdir(), 'weft-validate-'))
    try {
      const file = join(folder, 'bootstrap.json')
      writeFileSync(file, JSON.stringify(staticBootstrap(snapshot)))
      const output = execFileSync(envoy ?? '', ['--mode', 'validate', '-c', file, '-l', 'error'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      expect(output).toContain('OK')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
