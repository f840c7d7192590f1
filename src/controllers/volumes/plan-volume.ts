import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { PersistentVolume, PersistentVolumeStatus } from '../../resources/core/persistent-volume.ts'
import { timestampOf } from '../../primitives/timestamp.ts'

/** The phase of a volume, from the claim that it names: undefined when that is gone or another. */
const phaseOf = (
  { metadata, spec }: PersistentVolume,
  claim: PersistentVolumeClaim | undefined,
): PersistentVolumeStatus['phase'] => {
  if (spec.claimRef?.uid === undefined) return 'Available'
  if (claim?.metadata.uid !== spec.claimRef.uid) return 'Released'
  // Its claim has not been told yet.
  return claim.spec.volumeName === metadata.name ? 'Bound' : undefined
}

/** The status of a volume; undefined when the stored one says the same. `now` in milliseconds. */
export const planVolumeStatus = (
  volume: PersistentVolume,
  claim: PersistentVolumeClaim | undefined,
  now: number,
): PersistentVolumeStatus | undefined => {
  const phase = phaseOf(volume, claim)
  if (phase === undefined || phase === volume.status?.phase) return undefined
  return { phase, lastPhaseTransitionTime: timestampOf(now) }
}
