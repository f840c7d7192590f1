// Many ADS clients in a process of their own, so that their work does not delay what is measured. Started by xds-fleet.ts.
import { CLUSTER_TYPE, ROUTE_TYPE, VIRTUAL_HOST_TYPE } from '../src/xds/protocol/ads-port.ts'
import type { FleetOrder, FleetReport } from './xds-fleet.ts'
import {
  openXdsClient,
  type DependencyMemo,
  type Dialect,
  type Received,
  type XdsClient,
} from './xds-client.ts'

interface Counted {
  client?: XdsClient
  bytes: number
  messages: number
  readonly bytesByType: Record<string, number>
  clusters: number
  virtualHosts: number
  routes: number
  complete: boolean
  /** Epoch milliseconds at which the watched resource came. */
  seen: number | undefined
}

const now = (): number => performance.timeOrigin + performance.now()
const report = (message: FleetReport): void => void process.send?.(message)

const clients: Counted[] = []
const memo: DependencyMemo = new Map()
let watched: { readonly typeUrl: string; readonly name: string } | undefined
let services = 0

const isComplete = (counted: Counted, dialect: Dialect): boolean =>
  counted.clusters >= 3 * services &&
  counted.client?.missingEndpoints() === 0 &&
  (dialect === 'delta' ? counted.virtualHosts >= services : counted.routes > 0)

const hear = (counted: Counted, dialect: Dialect, { typeUrl, bytes, names }: Received): void => {
  counted.bytes += bytes
  counted.messages += 1
  const short = typeUrl.slice(typeUrl.lastIndexOf('.') + 1)
  counted.bytesByType[short] = (counted.bytesByType[short] ?? 0) + bytes
  const own = names.filter((name) => name.includes('svc-')).length
  if (typeUrl === CLUSTER_TYPE) counted.clusters += own
  if (typeUrl === VIRTUAL_HOST_TYPE) counted.virtualHosts += own
  if (typeUrl === ROUTE_TYPE) counted.routes += 1
  if (!counted.complete && isComplete(counted, dialect)) {
    counted.complete = true
    const whole = clients.every(({ complete }) => complete)
    if (whole) report({ type: 'complete', at: now() })
  }
  if (watched === undefined || counted.seen !== undefined || watched.typeUrl !== typeUrl) return
  if (!names.some((name) => name.includes(watched?.name ?? ''))) return
  counted.seen = now()
  if (clients.every(({ seen }) => seen !== undefined)) {
    report({ type: 'seen', times: clients.map(({ seen }) => seen ?? 0) })
  }
}

const open = (order: Extract<FleetOrder, { readonly type: 'open' }>): void => {
  services = order.services
  const fresh = Array.from({ length: order.count }, (): Counted => ({
    bytes: 0,
    messages: 0,
    bytesByType: {},
    clusters: 0,
    virtualHosts: 0,
    routes: 0,
    complete: false,
    seen: undefined,
  }))
  clients.push(...fresh)
  for (const [index, counted] of fresh.entries()) {
    const name = `bench-${order.dialect}-${index}`
    counted.client = openXdsClient({
      address: order.address,
      dialect: order.dialect,
      nodeId: `sidecar~10.244.127.${index + 1}~${name}.default~default.svc.cluster.local`,
      metadata: {
        NAME: name,
        NAMESPACE: 'default',
        ISTIO_VERSION: '1.28.0',
        MESH_ID: 'cluster.local',
        CLUSTER_ID: 'Kubernetes',
        SERVICE_ACCOUNT: 'default',
        WORKLOAD_NAME: 'bench',
        INTERCEPTION_MODE: 'REDIRECT',
        LABELS: { app: 'bench' },
      },
      memo,
      onReceived: (received) => hear(counted, order.dialect, received),
      onEnd: (reason) => report({ type: 'ended', reason }),
    })
  }
}

const count = (): void => {
  report({
    type: 'counted',
    bytes: clients.map(({ bytes }) => bytes),
    messages: clients.map(({ messages }) => messages),
    bytesByType: clients[0]?.bytesByType ?? {},
  })
}

process.on('message', (order: FleetOrder) => {
  switch (order.type) {
    case 'open':
      return open(order)
    case 'watch': {
      watched = order
      for (const counted of clients) Object.assign(counted, { bytes: 0, messages: 0, seen: undefined })
      return report({ type: 'watching' })
    }
    case 'count':
      return count()
    case 'close': {
      for (const { client } of clients) client?.close()
      process.exit(0)
    }
  }
})
report({ type: 'ready' })
