import { describe, expect, test } from 'vitest'
import type { PersistentVolumeClaim } from '../../resources/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../resources/core/persistent-volume.ts'
import type { StorageClass } from '../../resources/storage/storage-class.ts'
import { type ClaimAction, type ClaimState, planClaim } from './plan-claim.ts'
import { planVolumeStatus } from './plan-volume.ts'

const claim = (spec: Partial<PersistentVolumeClaim['spec']> = {}): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'default', uid: 'c' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: 'standard',
    ...spec,
  },
  status: { phase: 'Pending' },
})

const volume = (name: string, spec: Partial<PersistentVolume['spec']> = {}): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
    storageClassName: 'standard',
    hostPath: { path: '/d' },
    ...spec,
  },
})

const standard: StorageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard' },
  provisioner: 'p/q',
}

const plan = (state: Partial<ClaimState>): readonly ClaimAction[] =>
  planClaim({ claim: claim(), volumes: [], classes: [standard], wanted: false, ...state })

/** In short: what happens, and with which volume or event. */
const summary = (actions: readonly ClaimAction[]): readonly string[] =>
  actions.map((action) => {
    switch (action.type) {
      case 'updateVolume':
        return `volume ${action.volume.metadata.name}`
      case 'updateClaim':
        return `claim ${action.claim.spec.volumeName ?? 'asks'}`
      case 'updateStatus':
        return `status ${action.status.phase}`
      case 'note':
        return `${action.note.type} ${action.note.reason}`
    }
  })

/** The state after the actions. */
const after = (state: ClaimState, actions: readonly ClaimAction[]): ClaimState => {
  let { claim: current, volumes } = state
  for (const action of actions) {
    if (action.type === 'updateVolume') {
      volumes = volumes.map((each) =>
        each.metadata.name === action.volume.metadata.name ? action.volume : each,
      )
    }
    if (action.type === 'updateClaim')
      current = { ...action.claim, ...(current.status && { status: current.status }) }
    if (action.type === 'updateStatus') current = { ...current, status: action.status }
  }
  return { ...state, claim: current, volumes }
}

describe('a claim without a volume', () => {
  test('takes the smallest that fits, and then rests', () => {
    const volumes = [
      volume('small', { capacity: { storage: '1Mi' } }),
      volume('large', { capacity: { storage: '5Gi' } }),
      volume('fitting', { capacity: { storage: '2Gi' } }),
      volume('other-class', { storageClassName: 'fast' }),
      volume('read-only', { accessModes: ['ReadOnlyMany'] }),
      volume('taken', { claimRef: { namespace: 'default', name: 'other', uid: 'o' } }),
    ]
    const state: ClaimState = { claim: claim(), volumes, classes: [standard], wanted: false }
    const actions = planClaim(state)
    expect(summary(actions)).toEqual(['volume fitting', 'claim fitting', 'status Bound'])
    const next = after(state, actions)
    expect(planClaim(next)).toEqual([])
    expect(next.claim.status).toEqual({
      phase: 'Bound',
      accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
      capacity: { storage: '2Gi' },
    })
    expect(next.claim.metadata.annotations).toEqual({
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
    })
  })

  test('goes on where a crash left it, at every point', () => {
    const state: ClaimState = { claim: claim(), volumes: [volume('v')], classes: [standard], wanted: false }
    const actions = planClaim(state)
    for (let done = 0; done <= actions.length; done += 1) {
      const left = after(state, actions.slice(0, done))
      const healed = after(left, planClaim(left))
      expect(healed.claim).toMatchObject({ spec: { volumeName: 'v' }, status: { phase: 'Bound' } })
      expect(healed.volumes[0]?.spec.claimRef?.uid).toBe('c')
    }
  })

  test('takes the volume that was kept for it before any other', () => {
    const kept = volume('kept', {
      capacity: { storage: '9Gi' },
      claimRef: { namespace: 'default', name: 'data' },
    })
    expect(summary(plan({ volumes: [volume('v'), kept] }))[0]).toBe('volume kept')
    const forAnother = volume('kept', { claimRef: { namespace: 'default', name: 'data', uid: 'earlier' } })
    expect(summary(plan({ volumes: [forAnother] }))).toEqual(['claim asks', 'Normal ExternalProvisioning'])
  })

  test('by its selector', () => {
    const labelled = { ...volume('b'), metadata: { name: 'b', labels: { disk: 'ssd' } } }
    const selecting = claim({ selector: { matchLabels: { disk: 'ssd' } } })
    expect(summary(plan({ claim: selecting, volumes: [volume('a'), labelled] }))[0]).toBe('volume b')
  })

  test.each([
    [{}, ['claim asks', 'Normal ExternalProvisioning']],
    [{ claim: claim({ storageClassName: '' }) }, ['Normal FailedBinding']],
    [{ claim: claim({ storageClassName: 'none' }) }, ['Warning ProvisioningFailed']],
    [
      { classes: [{ ...standard, volumeBindingMode: 'WaitForFirstConsumer' as const }] },
      ['Normal WaitForFirstConsumer'],
    ],
    [
      { classes: [{ ...standard, volumeBindingMode: 'WaitForFirstConsumer' as const }], wanted: true },
      ['claim asks', 'Normal ExternalProvisioning'],
    ],
    [{ classes: [{ ...standard, provisioner: 'kubernetes.io/no-provisioner' }] }, []],
  ])('asks its class for one: %j', (state, expected) => {
    expect(summary(plan(state))).toEqual(expected)
  })
})

describe('a claim that names its volume', () => {
  test('binds it when it is free, and waits when it is not', () => {
    const naming = claim({ volumeName: 'v' })
    expect(summary(plan({ claim: naming, volumes: [volume('v')] }))).toEqual([
      'volume v',
      'claim v',
      'status Bound',
    ])
    expect(plan({ claim: naming })).toEqual([])
    const taken = volume('v', { claimRef: { namespace: 'default', name: 'other', uid: 'o' } })
    expect(summary(plan({ claim: naming, volumes: [taken] }))).toEqual(['Warning FailedBinding'])
  })

  test('is lost when the volume is gone after it was bound', () => {
    const bound = claim({ volumeName: 'v' })
    const annotations = { 'pv.kubernetes.io/bind-completed': 'yes' }
    const completed = { ...bound, metadata: { ...bound.metadata, annotations } }
    expect(summary(plan({ claim: completed }))).toEqual(['status Lost', 'Warning ClaimLost'])
  })
})

test.each([
  [undefined, undefined, 'Available'],
  [{ namespace: 'default', name: 'data' }, claim(), 'Available'],
  [{ namespace: 'default', name: 'data', uid: 'c' }, claim({ volumeName: 'v' }), 'Bound'],
  [{ namespace: 'default', name: 'data', uid: 'c' }, claim(), undefined],
  [{ namespace: 'default', name: 'data', uid: 'c' }, undefined, 'Released'],
  [{ namespace: 'default', name: 'data', uid: 'earlier' }, claim({ volumeName: 'v' }), 'Released'],
] as const)('the phase of a volume that names %j', (claimRef, found, phase) => {
  const named = volume('v', claimRef === undefined ? {} : { claimRef })
  expect(planVolumeStatus(named, found, 0)?.phase).toBe(phase)
})
