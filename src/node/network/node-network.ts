/** The cluster's network as the node runs it: pod namespaces, service addresses, DNS and load balancer addresses. */
import { localWatchBackOff } from '../../cluster/back-off.ts'
import { createEventRecorder } from '../../cluster/event-recorder.ts'
import { createInformerSet } from '../../cluster/informer-set.ts'
import type { ClusterPort } from '../../machinery/ports.ts'
import { messageOf } from '../../primitives/coded-error.ts'
import type { Clock } from '../../primitives/clock.ts'
import type { Log } from '../../primitives/log.ts'
import type { HostListeners } from '../host-listeners.ts'
import type { PodNetwork } from '../ports.ts'
import { startClusterDns } from './cluster-dns.ts'
import { setUpClusterNetwork, type ClusterAddresses } from './cluster-network.ts'
import { createDnsData } from './dns-index.ts'
import { runLoadBalancer } from './load-balancer.ts'
import type { HostPortRules } from './plan-host-ports.ts'
import { createGateForwarder, createOutsideRelay } from './outside/outside-relay.ts'
import { outsideRulesScript } from './outside/transparent-socket.ts'
import { openPodNetwork } from './pod-network.ts'
import { runCommand } from './run-command.ts'
import { runServiceProxy } from './service-proxy.ts'
import { createServiceRegistry } from './service-registry.ts'

export interface NodeNetworkOptions {
  readonly cluster: ClusterPort
  readonly addresses: ClusterAddresses
  readonly listeners: HostListeners
  readonly hostPorts: HostPortRules
  /** `cluster.local` */
  readonly domain: string
  /** The Unix socket of the gate to the outside; see outside/gate.ts. */
  readonly gate: string
  /** The descriptor of the transparent socket; absent: pods reach no address outside. */
  readonly transparentSocket?: number
  /** A number in [0, 1). */
  readonly random: () => number
  readonly clock: Clock
  readonly log: Log
  /** The Node's name, for events. */
  readonly node: string
}

export interface NodeNetwork {
  readonly pods: PodNetwork
  /** Resolves when the signal has aborted and everything is closed; pods and kernel rules stay. */
  readonly done: Promise<void>
}

/**
 * Runs in the cluster's network namespace, needs no API server yet: resolves when pods can be set up and the DNS
 * listens; services follow as soon as the API answers.
 * Throws CodedError `command-failed` (ip) or `dns-address-not-available`.
 */
export const startNodeNetwork = async (
  options: NodeNetworkOptions,
  signal: AbortSignal,
): Promise<NodeNetwork> => {
  const { cluster, addresses, domain, gate, random, clock, log, node } = options
  await setUpClusterNetwork(addresses, signal)
  const pods = await openPodNetwork(addresses, signal)
  await openWayOutside(options, signal)
  const surroundings = { port: cluster, clock, random, log }
  const informers = createInformerSet({ ...surroundings, backOff: localWatchBackOff }, signal)
  const registry = createServiceRegistry(informers)
  const events = createEventRecorder({ ...surroundings, component: 'weft-load-balancer', host: node }, signal)
  await startClusterDns(
    {
      data: createDnsData(registry, domain, addresses.dns),
      address: addresses.dns,
      forward: createGateForwarder(gate),
      random,
      log,
    },
    signal,
  )
  const work = Promise.all([
    runServiceProxy({ registry, addresses, clock, log }, signal),
    runLoadBalancer({ ...options, registry, events, rules: options.hostPorts }, signal),
    informers.done(),
  ])
  return { pods, done: work.then(() => undefined) }
}

/** Pods without a way outside are pods all the same: a kernel without transparent proxying is told, not failed on. */
const openWayOutside = async (options: NodeNetworkOptions, signal: AbortSignal): Promise<void> => {
  const { addresses, gate, transparentSocket, log } = options
  if (transparentSocket === undefined) return
  try {
    await runCommand('sh', ['-e'], outsideRulesScript(addresses), signal)
  } catch (error) {
    if (signal.aborted) throw error
    log('pods have no way outside of the cluster', { error: messageOf(error) })
    return
  }
  const relay = createOutsideRelay(gate)
  relay.on('error', (error) => log('the way outside ended', { error: messageOf(error) }))
  relay.listen({ fd: transparentSocket })
  signal.addEventListener('abort', () => relay.close(), { once: true })
}
