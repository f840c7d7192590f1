import { expect, test } from 'vitest'
import { allKinds, findKind } from '../all-kinds.ts'
import { formatFieldError } from '../field-error.ts'
import type { KubeObject } from '../kube-object.ts'

const template = (more: object = {}): object => ({
  metadata: { labels: { app: 'a' } },
  spec: { containers: [{ name: 'c', image: 'i', ...more }] },
})
const base = { selector: { matchLabels: { app: 'a' } }, template: template() }
const claim = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
}

const errorsOf = (plural: string, spec: object, old?: object): readonly string[] => {
  const kind = findKind(allKinds, 'apps', plural)
  const object = (content: object): KubeObject => {
    const built = {
      apiVersion: 'apps/v1',
      kind: kind?.kind ?? '',
      metadata: { name: 'a', namespace: 'default' },
      ...{ spec: content },
    }
    return kind?.applyDefaults(built) ?? built
  }
  return (kind?.validate(object(spec), old === undefined ? undefined : object(old)) ?? []).map(
    formatFieldError,
  )
}

test('a mount of a claim needs no volume of the template', () => {
  const mounts = template({ volumeMounts: [{ name: 'data', mountPath: '/data' }] })
  expect(errorsOf('statefulsets', { ...base, template: mounts, volumeClaimTemplates: [claim] })).toEqual([])
  expect(errorsOf('statefulsets', { ...base, template: mounts })).toEqual([
    'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"',
  ])
})

test.each([
  [
    { podManagementPolicy: 'Any' },
    "spec.podManagementPolicy: Invalid value: \"Any\": must be 'OrderedReady' or 'Parallel'",
  ],
  [
    { updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } },
    'spec.updateStrategy.rollingUpdate: Invalid value: {"partition":1}: only allowed for updateStrategy \'RollingUpdate\'',
  ],
  [
    { updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } },
    'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0',
  ],
  [
    { serviceName: 'a.b' },
    "spec.serviceName: Invalid value: \"a.b\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc')",
  ],
  [
    { volumeClaimTemplates: [{ ...claim, spec: { accessModes: ['ReadWriteOnce'] } }] },
    'spec.volumeClaimTemplates[0].spec.resources[storage]: Required value',
  ],
  [
    { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Keep' } },
    'spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "Keep": supported values: "Retain", "Delete"',
  ],
])('stateful set %j', (more, message) => {
  expect(errorsOf('statefulsets', { ...base, ...more })).toContain(message)
})

test('only some fields of a stateful set change', () => {
  const forbidden =
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
  const old = { ...base, serviceName: 'a' }
  expect(errorsOf('statefulsets', { ...old, replicas: 3, template: template({ image: 'j' }) }, old)).toEqual(
    [],
  )
  expect(errorsOf('statefulsets', { ...old, serviceName: 'b' }, old)).toEqual([forbidden])
  expect(errorsOf('statefulsets', base, old)).toEqual([forbidden])
  expect(errorsOf('statefulsets', { ...old, volumeClaimTemplates: [claim] }, old)).toEqual([forbidden])
})

test.each([
  [
    { maxUnavailable: 0 },
    'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
  ],
  [
    { maxUnavailable: 1, maxSurge: 1 },
    'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
  ],
  [
    { maxUnavailable: '200%' },
    'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "200%": must not be greater than 100%',
  ],
])('daemon set %j', (rollingUpdate, message) => {
  expect(errorsOf('daemonsets', { ...base, updateStrategy: { rollingUpdate } })).toEqual([message])
})

test('a good daemon set', () => {
  expect(errorsOf('daemonsets', base)).toEqual([])
  expect(
    errorsOf('daemonsets', {
      ...base,
      updateStrategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    }),
  ).toEqual([])
})
