/** Services of type LoadBalancer on the host's loopback, and published ports: relayed to ready endpoints. */
import { connect, type Server, type Socket } from 'node:net'
import type { EventRecorder } from '../../cluster/event-recorder.ts'
import type { Clock } from '../../primitives/clock.ts'
import { CodedError, messageOf } from '../../primitives/coded-error.ts'
import type { Log } from '../../primitives/log.ts'
import type { HostListeners } from '../host-listeners.ts'
import {
  hostPortKey,
  planHostPorts,
  socketsFor,
  type HostPort,
  type HostPortRules,
} from './plan-host-ports.ts'
import { endpointsOfPort, type ServiceEndpoint } from './service-endpoints.ts'
import type { ServiceRegistry } from './service-registry.ts'

export interface LoadBalancerOptions {
  readonly registry: ServiceRegistry
  readonly listeners: HostListeners
  readonly rules: HostPortRules
  /** Where Warnings go. */
  readonly events: EventRecorder
  readonly clock: Clock
  readonly log: Log
}

/** A port that could not be opened is tried again after this time, milliseconds. */
const retryDelay = 10_000
/** A pod that does not answer within this time is passed over for the next one, milliseconds. */
const connectTimeout = 2000

interface OpenPort {
  readonly target: HostPort
  readonly server: Server
  readonly connections: Set<Socket>
}

/** The ready endpoints at this moment, in turn. */
const createRoundRobin = (registry: ServiceRegistry): ((port: HostPort) => readonly ServiceEndpoint[]) => {
  const turns = new Map<string, number>()
  return (port) => {
    const entry = registry.get(port.namespace, port.service)
    if (entry === undefined) return []
    const endpoints = endpointsOfPort(entry.slices, port.servicePort)
    const turn = (turns.get(hostPortKey(port)) ?? -1) + 1
    turns.set(hostPortKey(port), turn)
    return endpoints.map((_, index) => endpoints[(turn + index) % endpoints.length] ?? { ip: '', port: 0 })
  }
}

/** Both directions with back-pressure; each half closes on its own; an error of one side resets the other. */
const join = (client: Socket, pod: Socket): void => {
  client.pipe(pod)
  pod.pipe(client)
  const end = (from: Socket, to: Socket): void => {
    from.on('close', (hadError) => {
      if (hadError) to.resetAndDestroy()
      else if (!to.writableEnded) to.end()
    })
  }
  end(client, pod)
  end(pod, client)
}

/** Tries the endpoints one after the other; without any the client is reset, as a closed port would. */
const relay = (client: Socket, [endpoint, ...others]: readonly ServiceEndpoint[]): void => {
  if (endpoint === undefined) {
    client.resetAndDestroy()
    return
  }
  const pod = connect({ host: endpoint.ip, port: endpoint.port, allowHalfOpen: true, noDelay: true })
  const next = (): void => {
    pod.destroy()
    client.off('close', giveUp)
    relay(client, others)
  }
  const giveUp = (): void => void pod.destroy()
  const timer = setTimeout(next, connectTimeout)
  pod.once('error', () => {
    clearTimeout(timer)
    if (!client.destroyed) next()
  })
  client.once('close', giveUp)
  pod.once('connect', () => {
    clearTimeout(timer)
    client.off('close', giveUp)
    pod.removeAllListeners('error').on('error', () => undefined)
    join(client, pod)
  })
}

const accept = (open: OpenPort, pick: (client: Socket) => readonly ServiceEndpoint[]): void => {
  const { server, connections } = open
  server.on('connection', (client: Socket) => {
    // The server was made elsewhere: half-close is set here.
    client.allowHalfOpen = true
    client.setNoDelay(true)
    client.on('error', () => undefined)
    connections.add(client)
    client.once('close', () => connections.delete(client))
    relay(client, pick(client))
  })
}

const adviceFor = (error: unknown, target: HostPort): string => {
  const where = hostPortKey(target)
  const code = error instanceof CodedError ? error.code : undefined
  if (code === 'host-port-in-use') {
    return `${where} is in use on the host: end the program that listens there or change the Service's port`
  }
  if (code === 'host-port-forbidden') {
    return `${where} may not be opened: run as root, lower net.ipv4.ip_unprivileged_port_start, or use a port from 1024 on`
  }
  return `${where} could not be opened: ${messageOf(error)}`
}

/** The Service's own port is forbidden to this user: where it answers instead, and how to have it. */
const substituteText = ({ address, port, servicePort }: HostPort): string =>
  `${address}:${servicePort.port} may not be opened by this user: port ${servicePort.port} answers at ${address}:${port}. To have the port itself run \`sudo sysctl net.ipv4.ip_unprivileged_port_start=${servicePort.port}\` once and start Weft again`

/** Opens, relays and closes until the signal aborts; then closes everything. */
export const runLoadBalancer = async (options: LoadBalancerOptions, signal: AbortSignal): Promise<void> => {
  const { registry, listeners, events, log, rules } = options
  const open = new Map<string, OpenPort>()
  const warned = new Map<string, string>()
  const endpoints = createRoundRobin(registry)
  let wanted: ReadonlyMap<string, HostPort> = new Map()

  const report = (target: HostPort, error: unknown): void => {
    const message = adviceFor(error, target)
    const service = registry.get(target.namespace, target.service)?.service
    if (warned.get(hostPortKey(target)) === message || service === undefined) return
    warned.set(hostPortKey(target), message)
    log('load balancer port not opened', { service: `${target.namespace}/${target.service}`, error: message })
    events.record({ object: service, type: 'Warning', reason: 'HostPortUnavailable', message })
  }

  const explain = (target: HostPort): void => {
    const service = registry.get(target.namespace, target.service)?.service
    if (service === undefined || target.isPublished || target.port === target.servicePort.port) return
    const message = substituteText(target)
    events.record({ object: service, type: 'Normal', reason: 'HostPortSubstituted', message })
  }

  /** A socket for every address of the host also hears those that belong to a load balancer. */
  const pick = (client: Socket, target: HostPort): readonly ServiceEndpoint[] =>
    endpoints(wanted.get(hostPortKey({ address: client.localAddress ?? '', port: target.port })) ?? target)

  /** Gives whether it was opened. */
  const openPort = async (target: HostPort): Promise<boolean> => {
    try {
      const server = await listeners.open(target.address, target.port)
      const opened = { target, server, connections: new Set<Socket>() }
      open.set(hostPortKey(target), opened)
      warned.delete(hostPortKey(target))
      accept(opened, (client) => pick(client, target))
      return true
    } catch (error) {
      report(target, error)
      return false
    }
  }

  const closePort = async ({ target, server, connections }: OpenPort): Promise<void> => {
    open.delete(hostPortKey(target))
    server.removeAllListeners('connection')
    await listeners.close(target.address, target.port).catch((error: unknown) => {
      log('load balancer port not closed', { error: messageOf(error) })
    })
    for (const client of connections) client.destroy()
  }

  /** Gives whether every port is as it should be. */
  const reconcile = async (): Promise<boolean> => {
    const plan = planHostPorts(registry.all(), rules)
    for (const target of plan) if (!wanted.has(hostPortKey(target))) explain(target)
    wanted = new Map(plan.map((target) => [hostPortKey(target), target]))
    const sockets = new Map(socketsFor(plan).map((target) => [hostPortKey(target), target]))
    for (const [key, opened] of open) {
      const target = sockets.get(key)
      if (target === undefined || !sameTarget(target, opened.target)) await closePort(opened)
    }
    for (const key of warned.keys()) if (!sockets.has(key)) warned.delete(key)
    const missing = [...sockets].filter(([key]) => !open.has(key))
    const results = await Promise.all(missing.map(([, target]) => openPort(target)))
    return results.every(Boolean)
  }

  await reconcileOnChange(options, reconcile, signal)
  await Promise.all([...open.values()].map(closePort))
}

const sameTarget = (left: HostPort, right: HostPort): boolean =>
  left.namespace === right.namespace &&
  left.service === right.service &&
  left.servicePort.name === right.servicePort.name

/** Runs `reconcile` after every change of the registry, and again after a while when something is missing. */
const reconcileOnChange = async (
  { registry, clock }: LoadBalancerOptions,
  reconcile: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> => {
  let wake = new AbortController()
  let dirty = false
  registry.subscribe(() => {
    dirty = true
    wake.abort()
  })
  while (!signal.aborted) {
    let complete = true
    if (dirty) {
      dirty = false
      wake = new AbortController()
      complete = await reconcile()
    }
    if (dirty) continue
    // With everything in place only a change or the end wakes: a day is as good as for ever.
    const wait = complete ? 86_400_000 : retryDelay
    await clock.sleep(wait, AbortSignal.any([wake.signal, signal])).catch(() => undefined)
    dirty ||= !complete
  }
}
