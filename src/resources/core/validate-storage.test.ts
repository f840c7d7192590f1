import { describe, expect, test } from 'vitest'
import { allKinds, findKind } from '../all-kinds.ts'
import { formatFieldError } from '../field-error.ts'
import type { KubeObject } from '../kube-object.ts'

const errorsOf = (plural: string, content: object, old?: object, group = ''): readonly string[] => {
  const kind = findKind(allKinds, group, plural)
  const object = (more: object): KubeObject => {
    const built = { apiVersion: 'v1', kind: kind?.kind ?? '', metadata: { name: 'a' }, ...more }
    return kind?.applyDefaults(built) ?? built
  }
  return (kind?.validate(object(content), old === undefined ? undefined : object(old)) ?? []).map(
    formatFieldError,
  )
}

const claim = (storage: string, more: object = {}): { readonly spec: object } => ({
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...more },
})
const volume = (more: object = {}): { readonly spec: object } => ({
  spec: {
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '1Gi' },
    hostPath: { path: '/data' },
    ...more,
  },
})

describe('claims', () => {
  test.each([
    [claim('1Gi'), []],
    [
      { spec: {} },
      [
        'spec.accessModes: Required value: at least 1 access mode is required',
        'spec.resources[storage]: Required value',
      ],
    ],
    [claim('0'), ['spec.resources[storage]: Invalid value: "0": must be greater than zero']],
    [
      claim('1Gi', { accessModes: ['Write'] }),
      [
        'spec.accessModes: Unsupported value: "Write": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
      ],
    ],
    [
      claim('1Gi', { accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'] }),
      ['spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes'],
    ],
  ])('%j', (content, errors) => {
    expect(errorsOf('persistentvolumeclaims', content)).toEqual(errors)
  })

  test('a claim is bound once, and a bound one may only grow', () => {
    const update = (next: object, old: object): readonly string[] =>
      errorsOf('persistentvolumeclaims', next, old)
    const fixed =
      'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
    const bound = (storage: string): object => ({
      ...claim(storage, { volumeName: 'v' }),
      status: { phase: 'Bound', capacity: { storage: '1Gi' } },
    })
    expect(update(claim('1Gi', { volumeName: 'v' }), claim('1Gi'))).toEqual([])
    expect(update(claim('1Gi', { volumeName: 'w' }), claim('1Gi', { volumeName: 'v' }))).toEqual([fixed])
    expect(update(claim('2Gi'), claim('1Gi'))).toEqual([fixed])
    expect(update(bound('2Gi'), bound('1Gi'))).toEqual([])
    expect(update(bound('1Mi'), bound('1Gi'))).toEqual([
      'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
    ])
  })
})

describe('volumes', () => {
  test.each([
    [volume(), []],
    [volume({ hostPath: undefined }), ['spec: Required value: must specify a volume type']],
    [
      volume({ nfs: { server: 's', path: '/' } }),
      ['spec.nfs: Forbidden: may not specify more than 1 volume type'],
    ],
    [volume({ capacity: undefined }), ['spec.capacity: Required value']],
    [
      volume({ hostPath: undefined, local: { path: '/d' } }),
      ['spec.nodeAffinity: Required value: Local volume requires node affinity'],
    ],
    [
      volume({ persistentVolumeReclaimPolicy: 'Burn' }),
      [
        'spec.persistentVolumeReclaimPolicy: Unsupported value: "Burn": supported values: "Delete", "Recycle", "Retain"',
      ],
    ],
  ])('%j', (content, errors) => {
    expect(errorsOf('persistentvolumes', JSON.parse(JSON.stringify(content)) as object)).toEqual(errors)
  })

  test('where a volume is does not change', () => {
    expect(errorsOf('persistentvolumes', volume({ hostPath: { path: '/other' } }), volume())).toEqual([
      'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation',
    ])
  })
})

test.each([
  [{ provisioner: 'a/b' }, []],
  [{ provisioner: '' }, ['provisioner: Required value']],
  [
    { provisioner: 'a/b', volumeBindingMode: 'Never' },
    ['volumeBindingMode: Unsupported value: "Never": supported values: "Immediate", "WaitForFirstConsumer"'],
  ],
])('storage class %j', (content, errors) => {
  expect(errorsOf('storageclasses', content, undefined, 'storage.k8s.io')).toEqual(errors)
})
