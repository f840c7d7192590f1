/** Kubernetes' defaults of a pod and of a pod template (pkg/apis/core/v1/defaults.go). */
import { fill, mapField } from '../fill-defaults.ts'
import { withContainerDefaults } from './container-defaults.ts'
import type { Container } from './container.ts'
import { qualityOfService } from './pod-quality-of-service.ts'
import type { Pod, PodSpec, PodTemplateSpec } from './pod.ts'
import { withVolumeDefaults } from './volume-defaults.ts'

/** Where the pod uses the host's network, a container's port is the host's. */
const withHostPorts = (spec: PodSpec, container: Container): Container =>
  spec.hostNetwork === true
    ? mapField(container, 'ports', (ports) =>
        ports.map((port) => fill(port, { hostPort: port.containerPort })),
      )
    : container

const withPodSpecDefaults = (spec: PodSpec, isPod: boolean): PodSpec => {
  const filled = fill(spec, {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
    securityContext: {},
    ...(isPod ? { enableServiceLinks: true } : {}),
    // The older name of the same field.
    ...(spec.serviceAccountName === undefined ? {} : { serviceAccount: spec.serviceAccountName }),
    ...(spec.serviceAccount === undefined ? {} : { serviceAccountName: spec.serviceAccount }),
  })
  const complete = (containers: readonly Container[]): readonly Container[] =>
    containers.map((container) => withContainerDefaults(withHostPorts(spec, container), isPod))
  const withContainers = mapField(mapField(filled, 'containers', complete), 'initContainers', complete)
  return mapField(withContainers, 'volumes', (volumes) => volumes.map(withVolumeDefaults))
}

/** A new pod is Pending, with its quality of service. One without a spec is left to validation. */
export const withPodDefaults = (pod: Pod): Pod => {
  if (!('spec' in pod) || pod.spec === null) return pod
  const completed = mapField(pod, 'spec', (spec) => withPodSpecDefaults(spec, true))
  return {
    ...completed,
    status: fill(completed.status ?? {}, { phase: 'Pending', qosClass: qualityOfService(completed.spec) }),
  }
}

export const withTemplateDefaults = (template: PodTemplateSpec): PodTemplateSpec =>
  mapField(template, 'spec', (spec) => withPodSpecDefaults(spec, false))
