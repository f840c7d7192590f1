import { describe, expect, test } from 'vitest'
import { parseTimestamp } from '../primitives/timestamp.ts'
import { allKinds, findKind, findKindByName } from './all-kinds.ts'
import type { KubeObject } from './kube-object.ts'
import { schemaLibrary } from './schema-library.ts'
import { withReferences } from './openapi/openapi-schema.ts'

const now = parseTimestamp('2026-01-01T01:00:00Z') ?? 0

const row = (group: string, kind: string, rest: object, wide = false): Readonly<Record<string, unknown>> => {
  const object = {
    apiVersion: 'v1',
    kind,
    metadata: { name: 'x', creationTimestamp: '2026-01-01T00:00:00Z' },
    ...rest,
  } as KubeObject
  const columns = findKindByName(allKinds, group, kind)?.columns ?? []
  return Object.fromEntries(
    columns
      .filter(({ priority }) => wide || priority === 0)
      .map(({ name, cell }) => [name.toUpperCase(), cell(object, now)]),
  )
}

describe('the table', () => {
  test('every kind has a schema in every version, and all its references resolve', () => {
    for (const kind of allKinds) {
      for (const version of kind.versions) {
        expect(kind.schema(version).properties?.['metadata'], kind.kind).toBeDefined()
      }
    }
    const names = allKinds.map(({ group, kind }) => `${group}/${kind}`)
    expect(new Set(names).size).toBe(names.length)
    expect(withReferences(['io.k8s.api.core.v1.Pod'], schemaLibrary).size).toBeGreaterThan(50)
  })

  test('found by path and by name', () => {
    expect(findKind(allKinds, 'apps', 'deployments')?.kind).toBe('Deployment')
    expect(findKindByName(allKinds, 'networking.istio.io', 'Gateway')?.shortNames).toEqual(['gw'])
    expect(findKind(allKinds, 'apps', 'pods')).toBeUndefined()
  })

  test('what is stored and not carried out warns whoever writes it', () => {
    const warned = (group: string, kind: string): readonly string[] =>
      findKindByName(allKinds, group, kind)?.warnings?.({
        apiVersion: 'v1',
        kind,
        metadata: { name: 'a' },
      }) ?? []
    expect(warned('networking.istio.io', 'EnvoyFilter')).toEqual([
      'EnvoyFilter a: stored, not carried out yet',
    ])
    for (const kind of ['VirtualService', 'ServiceEntry', 'Sidecar', 'WorkloadEntry'])
      expect(warned('networking.istio.io', kind)).toEqual([])
  })

  test('Istio stores v1 and serves the older versions', () => {
    expect(findKind(allKinds, 'networking.istio.io', 'virtualservices')?.versions).toEqual([
      'v1',
      'v1beta1',
      'v1alpha3',
    ])
  })

  test('defaults leave a complete object as it is', () => {
    const kind = findKindByName(allKinds, '', 'Service')
    const once = kind?.applyDefaults({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a' },
      spec: { ports: [{ port: 80 }] },
    } as KubeObject)
    expect(once).toBeDefined()
    if (once !== undefined) expect(kind?.applyDefaults(once)).toBe(once)
  })
})

describe('kubectl get', () => {
  test('services', () => {
    const base = {
      type: 'LoadBalancer',
      clusterIP: '10.96.1.2',
      ports: [
        { port: 80, nodePort: 30080 },
        { port: 53, protocol: 'UDP' },
      ],
    }
    expect(row('', 'Service', { spec: { ...base, selector: { b: '2', a: '1' } } }, true)).toEqual({
      NAME: 'x',
      TYPE: 'LoadBalancer',
      'CLUSTER-IP': '10.96.1.2',
      'EXTERNAL-IP': '<pending>',
      'PORT(S)': '80:30080/TCP,53/UDP',
      AGE: '60m',
      SELECTOR: 'a=1,b=2',
    })
    const status = { loadBalancer: { ingress: [{ ip: '127.1.2.3' }] } }
    expect(row('', 'Service', { spec: base, status })['EXTERNAL-IP']).toBe('127.1.2.3')
    expect(row('', 'Service', { spec: { ...base, type: 'ClusterIP' } })['EXTERNAL-IP']).toBe('<none>')
    const external = { type: 'ExternalName', externalName: 'example.com' }
    expect(row('', 'Service', { spec: external })).toMatchObject({
      'CLUSTER-IP': '<none>',
      'EXTERNAL-IP': 'example.com',
      'PORT(S)': '<none>',
    })
  })

  test('deployments and replica sets', () => {
    const spec = {
      replicas: 3,
      selector: { matchLabels: { app: 'a' } },
      template: {
        spec: {
          containers: [
            { name: 'a', image: 'i:1' },
            { name: 'b', image: 'j' },
          ],
        },
      },
    }
    expect(
      row(
        'apps',
        'Deployment',
        { spec, status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 2 } },
        true,
      ),
    ).toEqual({
      NAME: 'x',
      READY: '2/3',
      'UP-TO-DATE': 3,
      AVAILABLE: 2,
      AGE: '60m',
      CONTAINERS: 'a,b',
      IMAGES: 'i:1,j',
      SELECTOR: 'app=a',
    })
    expect(row('apps', 'ReplicaSet', { spec, status: { replicas: 3, readyReplicas: 1 } })).toEqual({
      NAME: 'x',
      DESIRED: 3,
      CURRENT: 3,
      READY: 1,
      AGE: '60m',
    })
  })

  test('nodes', () => {
    const node = {
      metadata: {
        name: 'weft',
        creationTimestamp: '2026-01-01T00:00:00Z',
        labels: { 'node-role.kubernetes.io/control-plane': '' },
      },
      spec: { unschedulable: true },
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        addresses: [{ type: 'InternalIP', address: '10.244.0.1' }],
        nodeInfo: { kubeletVersion: 'v1.32.0' },
      },
    }
    expect(row('', 'Node', node, true)).toMatchObject({
      NAME: 'weft',
      STATUS: 'Ready,SchedulingDisabled',
      ROLES: 'control-plane',
      VERSION: 'v1.32.0',
      'INTERNAL-IP': '10.244.0.1',
      'EXTERNAL-IP': '<none>',
      'OS-IMAGE': '<unknown>',
    })
  })

  test('events', () => {
    const event = {
      involvedObject: { kind: 'Pod', name: 'web', fieldPath: 'spec.containers{app}' },
      type: 'Warning',
      reason: 'BackOff',
      message: 'Back-off restarting\n',
      source: { component: 'kubelet', host: 'weft' },
      firstTimestamp: '2026-01-01T00:50:00Z',
      lastTimestamp: '2026-01-01T00:59:30Z',
      count: 4,
    }
    expect(row('', 'Event', event, true)).toEqual({
      'LAST SEEN': '30s',
      TYPE: 'Warning',
      REASON: 'BackOff',
      OBJECT: 'pod/web',
      SUBOBJECT: 'spec.containers{app}',
      SOURCE: 'kubelet, weft',
      MESSAGE: 'Back-off restarting',
      'FIRST SEEN': '10m',
      COUNT: 4,
      NAME: 'x',
    })
  })

  test('endpoint slices', () => {
    const slice = {
      addressType: 'IPv4',
      endpoints: [
        { addresses: ['10.0.0.1', '10.0.0.2'] },
        { addresses: ['10.0.0.3'] },
        { addresses: ['10.0.0.4'] },
      ],
      ports: [{ port: 80 }],
    }
    expect(row('discovery.k8s.io', 'EndpointSlice', slice)).toMatchObject({
      ADDRESSTYPE: 'IPv4',
      PORTS: '80',
      ENDPOINTS: '10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...',
    })
    expect(row('discovery.k8s.io', 'EndpointSlice', { addressType: 'IPv4', endpoints: [] })).toMatchObject({
      PORTS: '<unset>',
      ENDPOINTS: '<unset>',
    })
  })

  test('small kinds', () => {
    expect(row('', 'ConfigMap', { data: { a: '1' }, binaryData: { b: '' } })).toEqual({
      NAME: 'x',
      DATA: 2,
      AGE: '60m',
    })
    expect(row('', 'Secret', { type: 'Opaque', data: { a: '' } })).toEqual({
      NAME: 'x',
      TYPE: 'Opaque',
      DATA: 1,
      AGE: '60m',
    })
    expect(row('', 'Namespace', { status: { phase: 'Active' } })).toEqual({
      NAME: 'x',
      STATUS: 'Active',
      AGE: '60m',
    })
    expect(row('', 'ServiceAccount', {})).toEqual({ NAME: 'x', SECRETS: 0, AGE: '60m' })
    expect(row('coordination.k8s.io', 'Lease', { spec: { holderIdentity: 'weft' } })).toEqual({
      NAME: 'x',
      HOLDER: 'weft',
      AGE: '60m',
    })
    expect(
      row('', 'Endpoints', { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] }),
    ).toMatchObject({ ENDPOINTS: '10.0.0.1:80' })
  })

  test('jobs and cron jobs', () => {
    const template = { spec: { containers: [{ name: 'c', image: 'i:1' }] } }
    const times = { startTime: '2026-01-01T00:00:00Z', completionTime: '2026-01-01T00:00:07Z' }
    const complete = [{ type: 'Complete', status: 'True' }]
    const spec = { completions: 3, parallelism: 1, template, selector: { matchLabels: { j: '1' } } }
    expect(
      row('batch', 'Job', { spec, status: { succeeded: 3, conditions: complete, ...times } }, true),
    ).toEqual({
      NAME: 'x',
      STATUS: 'Complete',
      COMPLETIONS: '3/3',
      DURATION: '7s',
      AGE: '60m',
      CONTAINERS: 'c',
      IMAGES: 'i:1',
      SELECTOR: 'j=1',
    })
    expect(row('batch', 'Job', { spec: { parallelism: 2, template } })).toMatchObject({
      STATUS: 'Running',
      COMPLETIONS: '0/1 of 2',
      DURATION: '',
    })
    const schedule = { schedule: '* * * * *', suspend: false, jobTemplate: { spec: { template } } }
    expect(
      row('batch', 'CronJob', { spec: schedule, status: { lastScheduleTime: '2026-01-01T00:59:00Z' } }),
    ).toEqual({
      NAME: 'x',
      SCHEDULE: '* * * * *',
      TIMEZONE: '<none>',
      SUSPEND: 'False',
      ACTIVE: 0,
      'LAST SCHEDULE': '60s',
      AGE: '60m',
    })
  })

  test('stateful sets, daemon sets and their revisions', () => {
    const template = { spec: { containers: [{ name: 'c', image: 'i:1' }] } }
    expect(
      row('apps', 'StatefulSet', { spec: { replicas: 2, template }, status: { readyReplicas: 1 } }, true),
    ).toEqual({
      NAME: 'x',
      READY: '1/2',
      AGE: '60m',
      CONTAINERS: 'c',
      IMAGES: 'i:1',
    })
    const counts = {
      desiredNumberScheduled: 1,
      currentNumberScheduled: 1,
      numberReady: 1,
      numberMisscheduled: 0,
    }
    expect(row('apps', 'DaemonSet', { spec: { template, selector: {} }, status: counts })).toEqual({
      NAME: 'x',
      DESIRED: 1,
      CURRENT: 1,
      READY: 1,
      'UP-TO-DATE': 0,
      AVAILABLE: 0,
      'NODE SELECTOR': '<none>',
      AGE: '60m',
    })
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'u', controller: true }
    const metadata = { name: 'x', creationTimestamp: '2026-01-01T00:00:00Z', ownerReferences: [owner] }
    expect(row('apps', 'ControllerRevision', { revision: 2, metadata })).toMatchObject({
      CONTROLLER: 'statefulset.apps/web',
      REVISION: 2,
    })
  })

  test('storage', () => {
    const spec = { storageClassName: 'standard', volumeName: 'v', volumeMode: 'Filesystem' }
    const status = { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] }
    expect(row('', 'PersistentVolumeClaim', { spec, status })).toEqual({
      NAME: 'x',
      STATUS: 'Bound',
      VOLUME: 'v',
      CAPACITY: '1Gi',
      'ACCESS MODES': 'RWO',
      STORAGECLASS: 'standard',
      VOLUMEATTRIBUTESCLASS: '<unset>',
      AGE: '60m',
    })
    const volume = {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteMany', 'ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Delete',
      claimRef: { namespace: 'default', name: 'c' },
    }
    expect(row('', 'PersistentVolume', { spec: volume, status: { phase: 'Released' } })).toMatchObject({
      CAPACITY: '1Gi',
      'ACCESS MODES': 'RWO,RWX',
      'RECLAIM POLICY': 'Delete',
      STATUS: 'Released',
      CLAIM: 'default/c',
    })
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' }
    expect(
      row('storage.k8s.io', 'StorageClass', { metadata: { name: 'x', annotations }, provisioner: 'p' }),
    ).toMatchObject({
      NAME: 'x (default)',
      PROVISIONER: 'p',
      RECLAIMPOLICY: 'Delete',
      VOLUMEBINDINGMODE: 'Immediate',
      ALLOWVOLUMEEXPANSION: false,
    })
  })

  test("Istio's kinds", () => {
    const spec = { gateways: ['myapp-gateway'], hosts: ['*'] }
    expect(row('networking.istio.io', 'VirtualService', { spec })).toEqual({
      NAME: 'x',
      GATEWAYS: '["myapp-gateway"]',
      HOSTS: '["*"]',
      AGE: '60m',
    })
    expect(row('networking.istio.io', 'VirtualService', { spec: { hosts: ['a'] } })['GATEWAYS']).toBe('')
    expect(row('networking.istio.io', 'DestinationRule', { spec: { host: 'a' } })).toEqual({
      NAME: 'x',
      HOST: 'a',
      AGE: '60m',
    })
    expect(row('networking.istio.io', 'Gateway', { spec: {} })).toEqual({ NAME: 'x', AGE: '60m' })
  })
})
