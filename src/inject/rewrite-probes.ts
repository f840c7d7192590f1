/** The application's probes, sent to Envoy's status port so that the redirect does not answer for the application. */
import type { JsonObject } from '../primitives/json-value.ts'
import type { Container, Probe } from '../resources/core/container.ts'

const statusPort = 15020

const probeFields = [
  ['readinessProbe', 'readyz'],
  ['livenessProbe', 'livez'],
  ['startupProbe', 'startupz'],
] as const

export interface RewrittenProbes {
  readonly containers: readonly Container[]
  /** For ISTIO_KUBE_APP_PROBERS: path on the status port to the probe as the user wrote it, ports as numbers. */
  readonly probers: JsonObject
}

const portNumber = (container: Container, port: number | string): number | undefined => {
  if (typeof port === 'number') return port
  const named = container.ports?.find(({ name }) => name === port)?.containerPort
  if (named !== undefined) return named
  return /^\d+$/.test(port) ? Number(port) : undefined
}

/** The probe for Envoy to make; undefined when there is none to make (exec, or a port name that nobody has). */
const proberOf = (container: Container, probe: Probe): JsonObject | undefined => {
  const timeout = probe.timeoutSeconds === undefined ? {} : { timeoutSeconds: probe.timeoutSeconds }
  const { httpGet, tcpSocket, grpc } = probe
  if (httpGet !== undefined) {
    const port = portNumber(container, httpGet.port)
    if (port === undefined) return undefined
    const { path = '/', scheme, httpHeaders } = httpGet
    const headers =
      httpHeaders === undefined
        ? {}
        : { httpHeaders: httpHeaders.map(({ name, value }) => ({ name, value })) }
    return { httpGet: { path, port, ...(scheme === undefined ? {} : { scheme }), ...headers }, ...timeout }
  }
  if (tcpSocket !== undefined) {
    const port = portNumber(container, tcpSocket.port)
    return port === undefined ? undefined : { tcpSocket: { port }, ...timeout }
  }
  if (grpc === undefined) return undefined
  return {
    grpc: { port: grpc.port, ...(grpc.service === undefined ? {} : { service: grpc.service }) },
    ...timeout,
  }
}

const rewritten = (probe: Probe, path: string): Probe => {
  const { httpGet: _http, tcpSocket: _tcp, grpc: _grpc, ...schedule } = probe
  return { ...schedule, httpGet: { path, port: statusPort, scheme: 'HTTP' } }
}

/** Rewrites every HTTP, TCP and gRPC probe of the containers; exec probes stay. */
export const rewriteProbes = (containers: readonly Container[]): RewrittenProbes => {
  const probers: Record<string, JsonObject> = {}
  const changed = containers.map((container) => {
    let next = container
    for (const [field, word] of probeFields) {
      const probe = container[field]
      const prober = probe === undefined ? undefined : proberOf(container, probe)
      if (probe === undefined || prober === undefined) continue
      const path = `/app-health/${container.name}/${word}`
      probers[path] = prober
      next = { ...next, [field]: rewritten(probe, path) }
    }
    return next
  })
  return { containers: changed, probers }
}
