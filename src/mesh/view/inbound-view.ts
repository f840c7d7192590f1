/** What comes in: the workload's ports that services send to. */
import { selects, type Service, type ServicePort, type Workload } from '../model/service.ts'
import type { InboundPort, InboundView } from './proxy-view.ts'

/** A port of a service, and the workload's port behind it. */
export interface Target {
  readonly service: Service
  readonly port: ServicePort
  readonly target: number
}

/** The services of its namespace that select the workload, with the workload's own port for each of their ports. */
export const targetsOf = (
  services: readonly Service[],
  workload: Pick<Workload, 'namespace' | 'labels' | 'namedPorts'>,
): readonly Target[] =>
  services
    .filter(
      (service) =>
        service.namespace === workload.namespace &&
        service.selector !== undefined &&
        selects(service.selector, workload.labels),
    )
    .flatMap((service) =>
      service.ports.flatMap((port) => {
        if (port.protocol === 'udp') return []
        const target = typeof port.target === 'number' ? port.target : workload.namedPorts[port.target]
        return target === undefined ? [] : [{ service, port, target }]
      }),
    )

/** Several services on one port: the oldest says what the port speaks, as in Istio. */
export const inboundView = (targets: readonly Target[]): InboundView => {
  const ports = new Map<number, InboundPort>()
  for (const { service, port, target } of targets) {
    const known = ports.get(target)
    ports.set(
      target,
      known === undefined
        ? { target, port, services: [service] }
        : {
            ...known,
            services: known.services.includes(service) ? known.services : [...known.services, service],
          },
    )
  }
  return { ports: [...ports.values()].toSorted((left, right) => left.target - right.target) }
}
