import { expect, test } from 'vitest'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../resources/core/persistent-volume.ts'
import type { StorageClass } from '../../resources/storage/storage-class.ts'
import { directoryToReclaim, localPathProvisioner, volumeFor, wantsVolume } from './local-path.ts'

const claim: PersistentVolumeClaim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: {
    name: 'data',
    namespace: 'shop',
    uid: 'u',
    annotations: { 'volume.kubernetes.io/storage-provisioner': localPathProvisioner },
  },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: 'standard',
  },
}
const standard: StorageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard' },
  provisioner: localPathProvisioner,
}
const made = volumeFor(claim, standard, { directory: '/home/volumes', node: 'weft' })
const released = (
  spec: Partial<PersistentVolume['spec']>,
  phase = 'Released' as const,
): PersistentVolume => ({
  ...made,
  spec: { ...made.spec, ...spec },
  status: { phase },
})

test('a claim gets a directory of its own, bound to it beforehand', () => {
  expect(wantsVolume(claim)).toBe(true)
  expect(wantsVolume({ ...claim, spec: { ...claim.spec, volumeName: 'v' } })).toBe(false)
  expect(wantsVolume({ ...claim, metadata: { ...claim.metadata, annotations: {} } })).toBe(false)
  expect(made).toMatchObject({
    metadata: { name: 'pvc-u', annotations: { 'pv.kubernetes.io/provisioned-by': localPathProvisioner } },
    spec: {
      capacity: { storage: '1Gi' },
      claimRef: { namespace: 'shop', name: 'data', uid: 'u' },
      persistentVolumeReclaimPolicy: 'Delete',
      hostPath: { path: '/home/volumes/pvc-u_shop_data' },
    },
  })
})

test('only a released volume of ours with the policy Delete is deleted, and nothing outside of the home', () => {
  const of = (volume: PersistentVolume): string | undefined => directoryToReclaim(volume, '/home/volumes')
  expect(of(released({}))).toBe('/home/volumes/pvc-u_shop_data')
  expect(of({ ...made, status: { phase: 'Bound' } })).toBeUndefined()
  expect(of(released({ persistentVolumeReclaimPolicy: 'Retain' }))).toBeUndefined()
  expect(of(released({ hostPath: { path: '/home/volumes/../secret' } }))).toBeUndefined()
  expect(of(released({ hostPath: { path: '/home/volumes' } }))).toBeUndefined()
  expect(of({ ...released({}), metadata: { name: 'pvc-u' } })).toBeUndefined()
})
