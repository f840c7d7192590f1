import { createServer, type Server } from 'node:http'
import { createEventRecorder } from '../cluster/event-recorder.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import type { InformerSet } from '../cluster/informer-set.ts'
import { startControlPlane } from '../control-plane/control-plane.ts'
import { createAdsServer, type RunningAdsServer } from '../xds/serve/ads-server.ts'
import { clusterAddresses } from './instance-addresses.ts'
import type { InstanceConfig } from './instance-config.ts'
import type { Log } from '../primitives/log.ts'
import type { HostSockets } from './socket-broker.ts'
import { systemClock } from './system-clock.ts'

export interface MeshOptions {
  readonly cluster: ClusterClient
  readonly informers: InformerSet
  readonly sockets: HostSockets
  readonly config: InstanceConfig
  readonly log: Log
}

/** Istio's debug port: what each proxy has acknowledged, as JSON. */
const debugServer = (ads: RunningAdsServer): Server =>
  createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://debug').pathname
    const answers: Readonly<Record<string, () => unknown>> = {
      '/debug/syncz': () => ads.syncStatus(),
      '/debug/connections': () => [...ads.connections.values()],
      '/ready': () => ({ ready: true }),
    }
    const answer = answers[path]
    response.setHeader('content-type', 'application/json')
    response.statusCode = answer === undefined ? 404 : 200
    response.end(`${JSON.stringify(answer?.() ?? { paths: Object.keys(answers) }, undefined, 2)}\n`)
  })

/** The control plane: xDS inside the cluster, and on the host where the user asked for it. */
export const runMesh = async (options: MeshOptions, signal: AbortSignal): Promise<void> => {
  const { cluster, informers, sockets, config, log } = options
  const ads = createAdsServer({ log })
  const surroundings = { clock: systemClock, log }
  const events = createEventRecorder(
    { ...surroundings, port: cluster, random: Math.random, component: 'istiod' },
    signal,
  )
  const controlPlane = startControlPlane(
    { ...surroundings, cluster, informer: informers.informer, adsServer: ads, recordEvent: events.record },
    signal,
  )
  const debug = debugServer(ads)
  debug.listen(clusterAddresses.debugPort, clusterAddresses.bridge)
  await controlPlane.ready
  // Proxies are listened to once the whole mesh is known: half of it would take working routes away.
  if (!signal.aborted) {
    await ads.listen(`${clusterAddresses.bridge}:${clusterAddresses.adsPort}`)
    if (config.plaintextXds !== undefined) {
      const { address, port } = config.plaintextXds
      const host = await sockets.open(address, port)
      host.on('connection', (socket) => ads.accept(socket))
    }
    log('xDS is served')
  }
  await controlPlane.done
  ads.close()
  debug.close()
}
