/** The process `weft node`: the embedded kubelet of one home. */
import { rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { hostname } from 'node:os'
import { openCgroupTree } from '../node/cgroups/cgroup-tree.ts'
import { connectCluster } from '../cluster/cluster-client.ts'
import { defaultClusterAddresses } from '../node/network/cluster-network.ts'
import { startNodeNetwork } from '../node/network/node-network.ts'
import { startNode } from '../node/node.ts'
import { createNodeApi } from '../node/streaming/node-api.ts'
import { awaitApi } from './await-api.ts'
import { gatewayName } from './gateway-answers.ts'
import { findProgram } from './host-programs.ts'
import { clusterAddresses } from './instance-addresses.ts'
import { readInstanceConfig, type InstanceConfig } from './instance-config.ts'
import { instanceSockets, type InstanceHome } from './instance-home.ts'
import { instanceImages } from './instance-images.ts'
import type { Log } from '../primitives/log.ts'
import { packageVersion } from './package-version.ts'
import { cgroupHost, cgroupName } from './instance-cgroups.ts'
import type { HostSockets } from './socket-broker.ts'
import { systemClock } from './system-clock.ts'

const nodeName = 'weft'
const domain = 'cluster.local'
const kubeletPort = 10_250

const listenOn = async (server: Server, path: string): Promise<void> => {
  // A node that was killed leaves its socket's file behind.
  await rm(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
}

export interface NodeOptions {
  readonly home: InstanceHome
  readonly sockets: HostSockets
  /** The descriptor of the socket that takes connections to the outside, if there is one. */
  readonly transparentSocket: number | undefined
  readonly log: Log
}

const hostPortsOf = ({ lowestHostPort, published }: InstanceConfig) => ({
  lowestPort: lowestHostPort,
  published,
  publishedService: gatewayName,
})

/**
 * `weft node`: the embedded kubelet with the cluster's network, DNS and load balancer, for one home. Runs until
 * `signal`; its pods outlive it, and the next one finds them again.
 */
export const runNode = async (
  { home, sockets, transparentSocket, log }: NodeOptions,
  signal: AbortSignal,
): Promise<void> => {
  const config = await readInstanceConfig(home)
  await awaitApi(instanceSockets.api, systemClock, signal)
  const cluster = connectCluster({ socketPath: instanceSockets.api })
  const network = await startNodeNetwork(
    {
      cluster,
      addresses: defaultClusterAddresses,
      listeners: sockets,
      hostPorts: hostPortsOf(config),
      domain,
      gate: instanceSockets.gate,
      ...(transparentSocket === undefined ? {} : { transparentSocket }),
      random: Math.random,
      clock: systemClock,
      log,
      node: nodeName,
    },
    signal,
  )
  const node = await startNode(
    {
      cluster,
      nodeName,
      hostname: hostname(),
      hostIp: clusterAddresses.bridge,
      podRange: clusterAddresses.podRange,
      version: packageVersion(),
      kubeletPort,
      directories: { pods: home.pods, run: '/run/weft/pods' },
      volumes: home.volumes,
      images: instanceImages(home, config),
      podNetwork: network.pods,
      dns: { nameserver: clusterAddresses.dns, domain },
      cgroups: openCgroupTree(cgroupHost(), cgroupName(home)),
      clock: systemClock,
      random: Math.random,
      log,
    },
    signal,
  )
  const api = createNodeApi({
    containers: node.access,
    summary: node.summary,
    clock: systemClock,
    log,
    portForwardSource: defaultClusterAddresses.portForward,
    python: findProgram('python3', config.searchPath) ?? '/usr/bin/python3',
  })
  await listenOn(api, instanceSockets.node)
  await Promise.all([network.done, node.stopped])
  api.close()
}
