import { jsonEqual } from '../../primitives/json-value.ts'
import { compareQuantities, parseQuantity } from '../../primitives/quantity.ts'
import type {
  PersistentVolumeClaim,
  PersistentVolumeClaimStatus,
} from '../../resources/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../resources/core/persistent-volume.ts'
import { selectsLabels } from '../../resources/meta/label-selector.ts'
import type { StorageClass } from '../../resources/storage/storage-class.ts'

type Claim = PersistentVolumeClaim

export interface ClaimState {
  readonly claim: Claim
  readonly volumes: readonly PersistentVolume[]
  readonly classes: readonly StorageClass[]
  /** A pod wants it: then classes with WaitForFirstConsumer make its volume too. */
  readonly wanted: boolean
}

export interface ClaimNote {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export type ClaimAction =
  /** The volume is to name the claim. */
  | { readonly type: 'updateVolume'; readonly volume: PersistentVolume }
  | { readonly type: 'updateClaim'; readonly claim: Claim }
  | { readonly type: 'updateStatus'; readonly status: PersistentVolumeClaimStatus }
  | { readonly type: 'note'; readonly note: ClaimNote }

const bindCompleted = 'pv.kubernetes.io/bind-completed'
const boundByController = 'pv.kubernetes.io/bound-by-controller'
/** Asks the provisioner of that name for a volume. */
export const provisionerAnnotation = 'volume.kubernetes.io/storage-provisioner'

/** Exact billionths of the unit; 0 for what is no quantity. */
const amount = (value: string | number | undefined) => {
  const parsed = parseQuantity(String(value ?? '0'))
  return parsed.ok ? parsed.value : ({ nano: 0n, format: 'BinarySI' } as const)
}

const names = (volume: PersistentVolume, claim: Claim): boolean => {
  const { claimRef } = volume.spec
  const same = claimRef?.namespace === claim.metadata.namespace && claimRef?.name === claim.metadata.name
  return same && (claimRef?.uid === undefined || claimRef.uid === claim.metadata.uid)
}

const fits = (volume: PersistentVolume, { spec }: Claim): boolean => {
  const modes = volume.spec.accessModes ?? []
  const enough =
    compareQuantities(
      amount(volume.spec.capacity?.['storage']),
      amount(spec.resources?.requests?.['storage']),
    ) >= 0
  return (
    volume.metadata.deletionTimestamp === undefined &&
    (volume.spec.storageClassName ?? '') === (spec.storageClassName ?? '') &&
    (volume.spec.volumeMode ?? 'Filesystem') === (spec.volumeMode ?? 'Filesystem') &&
    (spec.accessModes ?? []).every((mode) => modes.includes(mode)) &&
    (spec.selector === undefined || selectsLabels(spec.selector, volume.metadata.labels)) &&
    enough
  )
}

/** The volume that was made or kept for the claim, else the smallest free one that fits. */
const matching = ({ claim, volumes }: ClaimState): PersistentVolume | undefined =>
  volumes.find((volume) => names(volume, claim)) ??
  volumes
    .filter((volume) => volume.spec.claimRef === undefined && fits(volume, claim))
    .toSorted((left, right) =>
      compareQuantities(amount(left.spec.capacity?.['storage']), amount(right.spec.capacity?.['storage'])),
    )[0]

const boundStatus = (volume: PersistentVolume): PersistentVolumeClaimStatus => ({
  phase: 'Bound',
  ...(volume.spec.accessModes === undefined ? {} : { accessModes: volume.spec.accessModes }),
  ...(volume.spec.capacity === undefined ? {} : { capacity: volume.spec.capacity }),
})

/** In this order: a crash in between leaves a volume that names its claim, and that is found again. */
const bind = (claim: Claim, volume: PersistentVolume): readonly ClaimAction[] => {
  const { name, namespace, uid } = claim.metadata
  const claimRef = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
  }
  const taken = volume.spec.claimRef?.uid === uid
  const chosen = (claim.spec.volumeName ?? '') === ''
  const annotations = {
    ...claim.metadata.annotations,
    [bindCompleted]: 'yes',
    ...(chosen ? { [boundByController]: 'yes' } : {}),
  }
  const bound: Claim = {
    ...claim,
    metadata: { ...claim.metadata, annotations },
    spec: { ...claim.spec, volumeName: volume.metadata.name },
  }
  const status = boundStatus(volume)
  return [
    ...(taken
      ? []
      : [{ type: 'updateVolume', volume: { ...volume, spec: { ...volume.spec, claimRef } } } as const]),
    ...(jsonEqual(bound, claim) ? [] : [{ type: 'updateClaim', claim: bound } as const]),
    ...(jsonEqual(claim.status, status) ? [] : [{ type: 'updateStatus', status } as const]),
  ]
}

const note = (reason: string, message: string, type: ClaimNote['type'] = 'Normal'): ClaimAction => ({
  type: 'note',
  note: { type, reason, message },
})

const provision = ({ claim, classes, wanted }: ClaimState): readonly ClaimAction[] => {
  const className = claim.spec.storageClassName ?? ''
  if (className === '') {
    const message = 'no persistent volumes available for this claim and no storage class is set'
    return [note('FailedBinding', message)]
  }
  const found = classes.find(({ metadata }) => metadata.name === className)
  if (found === undefined) {
    const message = `storageclass.storage.k8s.io "${className}" not found`
    return [note('ProvisioningFailed', message, 'Warning')]
  }
  if (found.volumeBindingMode === 'WaitForFirstConsumer' && !wanted) {
    return [note('WaitForFirstConsumer', 'waiting for first consumer to be created before binding')]
  }
  const { provisioner } = found
  if (provisioner === 'kubernetes.io/no-provisioner') return []
  const annotations = { ...claim.metadata.annotations, [provisionerAnnotation]: provisioner }
  const asked = claim.metadata.annotations?.[provisionerAnnotation] === provisioner
  const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`
  return [
    ...(asked
      ? []
      : [
          { type: 'updateClaim', claim: { ...claim, metadata: { ...claim.metadata, annotations } } } as const,
        ]),
    note('ExternalProvisioning', message),
  ]
}

const lost = (claim: Claim, reason: string, message: string): readonly ClaimAction[] =>
  claim.status?.phase === 'Lost'
    ? []
    : [{ type: 'updateStatus', status: { phase: 'Lost' } }, note(reason, message, 'Warning')]

const planNamed = ({ claim, volumes }: ClaimState): readonly ClaimAction[] => {
  const completed = claim.metadata.annotations?.[bindCompleted] !== undefined
  const volume = volumes.find(({ metadata }) => metadata.name === claim.spec.volumeName)
  if (volume === undefined) {
    const message = 'Bound claim has lost its PersistentVolume. Data on the volume is lost!'
    return completed ? lost(claim, 'ClaimLost', message) : []
  }
  if (volume.spec.claimRef === undefined || names(volume, claim)) return bind(claim, volume)
  const message = 'Two claims are bound to the same volume, this one is bound incorrectly'
  if (completed) return lost(claim, 'ClaimMisbound', message)
  return [
    note('FailedBinding', `volume "${volume.metadata.name}" already bound to a different claim.`, 'Warning'),
  ]
}

/** The next step of a claim towards its volume (Kubernetes' syncClaim). Nothing when it has it. */
export const planClaim = (state: ClaimState): readonly ClaimAction[] => {
  const { claim } = state
  if (claim.metadata.deletionTimestamp !== undefined) return []
  if ((claim.spec.volumeName ?? '') !== '') return planNamed(state)
  const volume = matching(state)
  return volume === undefined ? provision(state) : bind(claim, volume)
}
