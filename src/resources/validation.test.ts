import { describe, expect, test } from 'vitest'
import { allKinds, findKindByName } from './all-kinds.ts'
import { formatFieldError } from './field-error.ts'
import type { KubeObject } from './kube-object.ts'

const errors = (group: string, kind: string, rest: object, old?: object): readonly string[] => {
  const row = findKindByName(allKinds, group, kind)
  const make = (part: object): KubeObject =>
    ({ apiVersion: 'v1', kind, metadata: { name: 'x' }, ...part }) as KubeObject
  const found = row?.validate(make(rest), old === undefined ? undefined : make(old)) ?? []
  return found.map(formatFieldError)
}

const app = { name: 'app', image: 'a:1' }
const podErrors = (spec: object): readonly string[] =>
  errors('', 'Pod', { spec: { containers: [app], ...spec } })

describe('metadata', () => {
  test.each([
    ['Web', /metadata.name: Invalid value: "Web": a lowercase RFC 1123 subdomain/],
    ['', /metadata.name: Required value: name or generateName is required/],
  ])('name %j', (name, message) => {
    expect(errors('', 'ConfigMap', { metadata: { name } })[0]).toMatch(message)
  })
  test('a service is a DNS-1035 label', () => {
    expect(errors('', 'Service', { metadata: { name: '1a' }, spec: { ports: [{ port: 1 }] } })[0]).toMatch(
      /DNS-1035/,
    )
  })
  test('labels', () => {
    const labels = { 'a b': 'x', ok: 'not ok!' }
    expect(errors('', 'ConfigMap', { metadata: { name: 'x', labels } })).toHaveLength(2)
  })
})

describe('pods', () => {
  test('a plain one', () => {
    expect(podErrors({})).toEqual([])
  })
  test.each<[string, object, string]>([
    ['no containers', { containers: [] }, 'spec.containers: Required value'],
    ['same names', { containers: [app, app] }, 'spec.containers[1].name: Duplicate value: "app"'],
    ['no image', { containers: [{ name: 'app' }] }, 'spec.containers[0].image: Required value'],
    [
      'unknown volume',
      { containers: [{ ...app, volumeMounts: [{ name: 'v', mountPath: '/v' }] }] },
      'spec.containers[0].volumeMounts[0].name: Not found: "v"',
    ],
    [
      'port range',
      { containers: [{ ...app, ports: [{ containerPort: 70000 }] }] },
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      'port names',
      {
        containers: [
          {
            ...app,
            ports: [
              { containerPort: 1, name: 'a' },
              { containerPort: 2, name: 'a' },
            ],
          },
        ],
      },
      'spec.containers[0].ports[1].name: Duplicate value: "a"',
    ],
    [
      'no probe handler',
      { containers: [{ ...app, livenessProbe: {} }] },
      'spec.containers[0].livenessProbe: Required value: must specify a handler type: exec, httpGet, tcpSocket or grpc',
    ],
    [
      'two probe handlers',
      { containers: [{ ...app, livenessProbe: { tcpSocket: { port: 1 }, httpGet: { port: 1 } } }] },
      'spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
    ],
    [
      'two volume sources',
      { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }] },
      'spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type',
    ],
    [
      'probe of an init container',
      { initContainers: [{ name: 'i', image: 'i', readinessProbe: { tcpSocket: { port: 1 } } }] },
      'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
  ])('%s', (_name, spec, message) => {
    expect(podErrors(spec)).toContain(message)
  })
  test('a running pod changes its image, and little else', () => {
    const old = { spec: { containers: [app] } }
    expect(errors('', 'Pod', { spec: { containers: [{ ...app, image: 'a:2' }] } }, old)).toEqual([])
    expect(errors('', 'Pod', { spec: { containers: [{ ...app, command: ['x'] }] } }, old)[0]).toMatch(
      /^spec: Forbidden: pod updates/,
    )
  })
})

describe('services', () => {
  const service = (spec: object, old?: object): readonly string[] =>
    errors('', 'Service', { spec }, old === undefined ? undefined : { spec: old })
  test.each<[string, object, string]>([
    ['no ports', {}, 'spec.ports: Required value'],
    [
      'names for several',
      { ports: [{ port: 1, name: 'a' }, { port: 2 }] },
      'spec.ports[1].name: Required value: a service with several ports needs a name for each',
    ],
    [
      'the same port twice',
      {
        ports: [
          { port: 1, name: 'a' },
          { port: 1, name: 'b' },
        ],
      },
      'spec.ports[1]: Duplicate value: {"port":1,"protocol":"TCP"}',
    ],
    [
      'target port',
      { ports: [{ port: 1, targetPort: 'Not_A_Name' }] },
      'spec.ports[0].targetPort: Invalid value: "Not_A_Name": must contain only lower case alphanumeric characters and \'-\'',
    ],
    [
      'external name',
      { type: 'ExternalName' },
      'spec.externalName: Required value: the name that the service stands for',
    ],
  ])('%s', (_name, spec, message) => {
    expect(service(spec)).toContain(message)
  })
  test('the address stays', () => {
    const ports = [{ port: 1 }]
    expect(service({ ports, clusterIP: '10.96.0.2' }, { ports, clusterIP: '10.96.0.1' })[0]).toMatch(
      /immutable/,
    )
    expect(service({ ports, clusterIP: '10.96.0.1' }, { ports, clusterIP: '10.96.0.1' })).toEqual([])
  })
})

describe('deployments', () => {
  const spec = {
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers: [app] } },
  }
  const deployment = (change: object, old?: object): readonly string[] =>
    errors(
      'apps',
      'Deployment',
      { spec: { ...spec, ...change } },
      old === undefined ? undefined : { spec: old },
    )
  test('a plain one', () => {
    expect(deployment({})).toEqual([])
  })
  test.each<[string, object, RegExp]>([
    [
      'selector and labels',
      { selector: { matchLabels: { app: 'b' } } },
      /^spec.template.metadata.labels: .*`selector` does not match template `labels`/,
    ],
    ['empty selector', { selector: {} }, /^spec.selector: Invalid value: {}: empty selector is invalid/],
    ['replicas', { replicas: -1 }, /^spec.replicas: .*greater than or equal to 0/],
    [
      'surge',
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 'many' } } },
      /^spec.strategy.rollingUpdate.maxSurge: .*percent/,
    ],
    [
      'no progress',
      { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } },
      /may not be 0 when `maxSurge` is 0/,
    ],
    [
      'recreate',
      { strategy: { type: 'Recreate', rollingUpdate: {} } },
      /^spec.strategy.rollingUpdate: Forbidden/,
    ],
  ])('%s', (_name, change, message) => {
    expect(deployment(change)).toContainEqual(expect.stringMatching(message))
  })
  test('the selector is immutable', () => {
    expect(deployment({}, { ...spec, selector: { matchLabels: { app: 'b' } } })).toContainEqual(
      expect.stringMatching(/^spec.selector: .*immutable/),
    )
  })
})

describe('data', () => {
  test.each<[string, string, object, RegExp]>([
    ['keys', 'ConfigMap', { data: { 'a/b': '' } }, /^data\[a\/b\]: Invalid value/],
    [
      'size',
      'ConfigMap',
      { data: { a: 'x'.repeat(1024 * 1024 + 1) } },
      /^data: Too long: may not be more than 1048576 bytes/,
    ],
    ['base64', 'Secret', { data: { a: 'plain text' } }, /^data\[a\]: .*stringData/],
    [
      'tls keys',
      'Secret',
      { type: 'kubernetes.io/tls', data: { 'tls.crt': '' } },
      /^data\[tls.key\]: Required value/,
    ],
  ])('%s of %s', (_name, kind, rest, message) => {
    expect(errors('', kind, rest)).toContainEqual(expect.stringMatching(message))
  })
  test('immutable', () => {
    const old = { immutable: true, data: { a: '1' } }
    expect(errors('', 'ConfigMap', { immutable: true, data: { a: '2' } }, old)[0]).toMatch(
      /^data: Forbidden: field is immutable/,
    )
    expect(errors('', 'ConfigMap', old, old)).toEqual([])
  })
})

test('endpoint slices', () => {
  const slice = {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['::1'] }],
    ports: [
      { name: 'a', port: 0 },
      { name: 'a', port: 1 },
    ],
  }
  expect(errors('discovery.k8s.io', 'EndpointSlice', slice)).toHaveLength(3)
})

describe('objects without a spec', () => {
  test.each([
    ['', 'Pod'],
    ['apps', 'Deployment'],
    ['apps', 'ReplicaSet'],
  ])('%s/%s says that it is required', (group, kind) => {
    const row = findKindByName(allKinds, group, kind)
    const object = { apiVersion: 'v1', kind, metadata: { name: 'x' } }
    expect(row?.validate(row.applyDefaults(object)).map(formatFieldError)).toEqual(['spec: Required value'])
  })
})
