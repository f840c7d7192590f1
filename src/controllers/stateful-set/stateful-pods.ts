import { controllerReference } from '../../machinery/object-meta.ts'
import type { StatefulSet } from '../../resources/apps/stateful-set.ts'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { Pod, PodTemplateSpec } from '../../resources/core/pod.ts'
import type { Volume } from '../../resources/core/volume.ts'
import { isPodAvailable, isPodReady } from '../pods/pod-state.ts'
import { podFromTemplate } from '../pods/pod-template.ts'

/** On pods: the name of the ControllerRevision whose template they have. */
export const revisionLabel = 'controller-revision-hash'
const podNameLabel = 'statefulset.kubernetes.io/pod-name'
const podIndexLabel = 'apps.kubernetes.io/pod-index'

export const startOrdinal = ({ spec }: StatefulSet): number => spec.ordinals?.start ?? 0
export const replicasOf = ({ spec }: StatefulSet): number => spec.replicas ?? 1

/** The number at the end of a pod's name; undefined for the pod of another. */
export const ordinalOf = (set: StatefulSet, { metadata }: Pod): number | undefined => {
  const prefix = `${set.metadata.name}-`
  const text = metadata.name.startsWith(prefix) ? metadata.name.slice(prefix.length) : ''
  return /^\d+$/.test(text) ? Number(text) : undefined
}

export const isWanted = (set: StatefulSet, ordinal: number): boolean =>
  ordinal >= startOrdinal(set) && ordinal < startOrdinal(set) + replicasOf(set)

export const isGoing = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined

export const isRunning = (pod: Pod): boolean => pod.status?.phase === 'Running' && isPodReady(pod)

/** Serves for minReadySeconds, and is to stay. `now` in milliseconds. */
export const isHealthy = (set: StatefulSet, pod: Pod, now: number): boolean =>
  !isGoing(pod) && isRunning(pod) && isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now)

export const claimName = (set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string =>
  `${template.metadata.name}-${set.metadata.name}-${ordinal}`

/** The claims of a pod, by its ordinal. */
export const claimsOf = (set: StatefulSet, ordinal: number): readonly PersistentVolumeClaim[] =>
  (set.spec.volumeClaimTemplates ?? []).map((template) => {
    const { namespace } = set.metadata
    const { labels, annotations } = template.metadata
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name: claimName(set, template, ordinal),
        ...(namespace === undefined ? {} : { namespace }),
        labels: { ...labels, ...set.spec.selector.matchLabels },
        ...(annotations === undefined ? {} : { annotations }),
        ...(set.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete'
          ? { ownerReferences: [controllerReference(set)] }
          : {}),
      },
      spec: template.spec,
    }
  })

const volumesOf = (set: StatefulSet, ordinal: number, template: PodTemplateSpec): readonly Volume[] => {
  const claimed = (set.spec.volumeClaimTemplates ?? []).map((claim): Volume => ({
    name: claim.metadata.name,
    persistentVolumeClaim: { claimName: claimName(set, claim, ordinal) },
  }))
  const names = new Set(claimed.map(({ name }) => name))
  return [...claimed, ...(template.spec.volumes ?? []).filter(({ name }) => !names.has(name))]
}

/** The pod of an ordinal: its name, hostname, subdomain and volumes are the same whenever it is made. */
export const statefulPod = (
  set: StatefulSet,
  ordinal: number,
  revised: { readonly template: PodTemplateSpec; readonly revision: string },
): Pod => {
  const { template, revision } = revised
  const { generateName: _, ...metadata } = podFromTemplate(set, template).metadata
  const name = `${set.metadata.name}-${ordinal}`
  const volumes = volumesOf(set, ordinal, template)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      name,
      labels: {
        ...metadata.labels,
        [revisionLabel]: revision,
        [podNameLabel]: name,
        [podIndexLabel]: String(ordinal),
      },
    },
    spec: {
      ...template.spec,
      hostname: name,
      ...((set.spec.serviceName ?? '') === '' ? {} : { subdomain: set.spec.serviceName ?? '' }),
      ...(volumes.length === 0 ? {} : { volumes }),
    },
  }
}
