/** The kubelet's side of claims: where the volume of a pod's claim lies on this node. */
import { fail, type Result } from '../../primitives/result.ts'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../resources/core/persistent-volume.ts'
import type { Pod } from '../../resources/core/pod.ts'
import { type NodeContext, resources } from '../node-context.ts'
import { setUpHostPath } from './host-path.ts'

/** The volumes of a pod's claims by the claim's name, or why one has none, in a kubelet's words. */
export type ClaimedVolumes = ReadonlyMap<string, Result<PersistentVolume, string>>

const volumeOf = async (
  { cluster }: NodeContext,
  namespace: string,
  name: string,
): Promise<Result<PersistentVolume, string>> => {
  const claim = await cluster.get<PersistentVolumeClaim>(resources.persistentVolumeClaims, {
    namespace,
    name,
  })
  const about = `error processing PVC ${namespace}/${name}: `
  if (claim === undefined)
    return fail(`${about}failed to fetch PVC from API server: persistentvolumeclaims "${name}" not found`)
  if (claim.status?.phase !== 'Bound' || claim.spec.volumeName === undefined)
    return fail(`${about}PVC is not bound`)
  const volumeName = claim.spec.volumeName
  const volume = await cluster.get<PersistentVolume>(resources.persistentVolumes, { name: volumeName })
  if (volume === undefined) return fail(`${about}persistentvolumes "${volumeName}" not found`)
  return volume.spec.claimRef?.uid === claim.metadata.uid
    ? { ok: true, value: volume }
    : fail(`${about}PV ${volumeName} is not bound to it`)
}

/** Reads what the claims of a pod's volumes are bound to. */
export const readClaimedVolumes = async (context: NodeContext, pod: Pod): Promise<ClaimedVolumes> => {
  const namespace = pod.metadata.namespace ?? 'default'
  const names = (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
    persistentVolumeClaim === undefined ? [] : [persistentVolumeClaim.claimName],
  )
  const found = await Promise.all(
    names.map(async (name) => [name, await volumeOf(context, namespace, name)] as const),
  )
  return new Map(found)
}

/** Makes sure that a claim's volume is there; gives where it lies. */
export const setUpClaim = async (
  claimName: string,
  volumes: ClaimedVolumes,
): Promise<Result<string, string>> => {
  const volume = volumes.get(claimName) ?? fail(`PVC ${claimName} is not bound`)
  if (!volume.ok) return volume
  const { hostPath, local } = volume.value.spec
  if (hostPath !== undefined) return setUpHostPath(hostPath)
  if (local !== undefined) return setUpHostPath({ path: local.path, type: 'Directory' })
  return fail(
    `persistent volume ${volume.value.metadata.name} is of a type that this node cannot mount: use hostPath or local`,
  )
}
