/** Kubernetes' defaults of a Service; addresses and node ports are allocated elsewhere. */
import { fill, mapField } from '../fill-defaults.ts'
import type { Service, ServicePort, ServiceSpec } from './service.ts'

/** Three hours. */
const AFFINITY_SECONDS = 10_800

/** Go's clients write an IntOrString that is not set as 0, some as '': both are the zero value (SetDefaults_Service). */
const withPort = (port: ServicePort): ServicePort => {
  const filled = fill(port, { protocol: 'TCP', targetPort: port.port })
  return filled.targetPort === 0 || filled.targetPort === '' ? { ...filled, targetPort: port.port } : filled
}

const withSpec = (spec: ServiceSpec): ServiceSpec => {
  const type = spec.type ?? 'ClusterIP'
  const isExternal = type === 'NodePort' || type === 'LoadBalancer' || (spec.externalIPs?.length ?? 0) > 0
  const filled = fill(spec, {
    type,
    sessionAffinity: 'None',
    ...(type === 'ExternalName'
      ? {}
      : { internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }),
    ...(isExternal ? { externalTrafficPolicy: 'Cluster' } : {}),
    ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
    ...(spec.sessionAffinity === 'ClientIP'
      ? { sessionAffinityConfig: { clientIP: { timeoutSeconds: AFFINITY_SECONDS } } }
      : {}),
  })
  return mapField(filled, 'ports', (ports) => ports.map(withPort))
}

export const withServiceDefaults = (service: Service): Service =>
  fill(mapField(fill(service, { spec: {} }), 'spec', withSpec), { status: { loadBalancer: {} } })
