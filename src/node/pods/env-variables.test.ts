import { describe, expect, test } from 'vitest'
import type { ConfigMap } from '../../resources/core/config-map.ts'
import type { Container } from '../../resources/core/container.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { Secret } from '../../resources/core/secret.ts'
import type { Service } from '../../resources/core/service.ts'
import {
  containerArgv,
  containerEnvironment,
  environmentReferences,
  expandReferences,
  podField,
  resourceField,
  serviceVariables,
  type EnvironmentSources,
} from './env-variables.ts'

const container: Container = { name: 'app' }

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web-1',
    namespace: 'shop',
    uid: 'u1',
    labels: { app: 'web', 'app.kubernetes.io/name': 'x' },
    annotations: { note: 'say "hi"' },
  },
  spec: { containers: [container], nodeName: 'weft', serviceAccountName: 'runner' },
}

const settings: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { color: 'red', size: '3' },
}

const key: Secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'key' },
  data: { token: Buffer.from('geheim').toString('base64') },
}

const service = (name: string, namespace: string, clusterIP: string): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: {
    clusterIP,
    ports: [
      { name: 'http-web', port: 80 },
      { port: 53, protocol: 'UDP' },
    ],
  },
})

const sources: EnvironmentSources = {
  pod,
  podIp: '10.244.0.5',
  hostIp: '10.244.0.1',
  nodeName: 'weft',
  configMaps: new Map([['settings', settings]]),
  secrets: new Map([['key', key]]),
  services: [],
  nodeCapacity: { cpu: 4, memoryBytes: 1024 ** 3 },
}

test.each([
  ['$(A) $(B)', '1 $(B)'],
  ['$$(A)', '$(A)'],
  ['$$$(A)', '$1'],
  ['$A $', '$A $'],
  ['$(A', '$(A'],
  ['$(toString)', '$(toString)'],
  ['$(EMPTY)|', '|'],
])('%s becomes %s', (text, expected) => {
  expect(expandReferences(text, { A: '1', EMPTY: '' })).toBe(expected)
})

test.each([
  ['metadata.name', 'web-1'],
  ['metadata.namespace', 'shop'],
  ['metadata.uid', 'u1'],
  ["metadata.labels['app.kubernetes.io/name']", 'x'],
  ["metadata.labels['none']", ''],
  ["metadata.annotations['note']", 'say "hi"'],
  ['metadata.annotations', 'note="say \\"hi\\""'],
  ['metadata.labels', 'app="web"\napp.kubernetes.io/name="x"'],
  ['spec.nodeName', 'weft'],
  ['spec.serviceAccountName', 'runner'],
  ['status.podIP', '10.244.0.5'],
  ['status.hostIP', '10.244.0.1'],
  ['spec.constructor', undefined],
])('field %s is %s', (path, expected) => {
  expect(podField(path, sources)).toBe(expected)
})

const limited: Container = {
  name: 'app',
  resources: { limits: { memory: '64Mi' }, requests: { cpu: '250m' } },
}

test.each([
  [{ resource: 'limits.memory' }, '67108864'],
  [{ resource: 'limits.memory', divisor: '1Mi' }, '64'],
  [{ resource: 'requests.cpu' }, '1'],
  [{ resource: 'requests.cpu', divisor: '1m' }, '250'],
  [{ resource: 'limits.cpu' }, '4'],
  [{ resource: 'requests.memory' }, '0'],
  [{ resource: 'usage.memory' }, undefined],
])('resource %o is %s', (selector, expected) => {
  expect(resourceField(selector, limited, sources.nodeCapacity)).toBe(expected)
})

describe('services', () => {
  const all = [
    service('my-db', 'shop', '10.96.0.7'),
    service('headless', 'shop', 'None'),
    service('other', 'default', '10.96.0.8'),
    service('kubernetes', 'default', '10.96.0.1'),
  ]

  test('as Docker links', () => {
    expect(serviceVariables(all, 'shop', true)).toMatchObject({
      MY_DB_SERVICE_HOST: '10.96.0.7',
      MY_DB_SERVICE_PORT: '80',
      MY_DB_SERVICE_PORT_HTTP_WEB: '80',
      MY_DB_PORT: 'tcp://10.96.0.7:80',
      MY_DB_PORT_80_TCP: 'tcp://10.96.0.7:80',
      MY_DB_PORT_80_TCP_PROTO: 'tcp',
      MY_DB_PORT_80_TCP_PORT: '80',
      MY_DB_PORT_80_TCP_ADDR: '10.96.0.7',
      MY_DB_PORT_53_UDP: 'udp://10.96.0.7:53',
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
    })
  })

  test('of the namespace alone, without headless ones', () => {
    const names = Object.keys(serviceVariables(all, 'shop', true))
    expect(names.filter((name) => /^(OTHER|HEADLESS)/.test(name))).toEqual([])
  })

  test('without links only the API', () => {
    const names = Object.keys(serviceVariables(all, 'shop', false))
    expect(names.every((name) => name.startsWith('KUBERNETES_'))).toBe(true)
    expect(names).toContain('KUBERNETES_SERVICE_HOST')
  })
})

describe('a container’s variables', () => {
  const environment = (spec: Partial<Container>) => containerEnvironment({ ...container, ...spec }, sources)

  test('later ones win, references look back', () => {
    const result = environment({
      envFrom: [{ configMapRef: { name: 'settings' } }, { prefix: 'S_', secretRef: { name: 'key' } }],
      env: [
        { name: 'color', value: 'blue' },
        { name: 'TEXT', value: '$(color) $(size) $(LATER)' },
        { name: 'LATER', value: 'x' },
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'key', key: 'token' } } },
      ],
    })
    expect(result).toEqual({
      ok: true,
      value: {
        color: 'blue',
        size: '3',
        S_token: 'geheim',
        TEXT: 'blue 3 $(LATER)',
        LATER: 'x',
        TOKEN: 'geheim',
      },
    })
  })

  test.each<[Partial<Container>, string]>([
    [{ envFrom: [{ configMapRef: { name: 'no' } }] }, 'configmap "no" not found'],
    [
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'no', key: 'k' } } }] },
      'secret "no" not found',
    ],
    [
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'k' } } }] },
      "couldn't find key k in ConfigMap shop/settings",
    ],
    [{ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'x' } } }] }, 'unsupported fieldPath: x'],
  ])('%o: %s', (spec, message) => {
    expect(environment(spec)).toEqual({ ok: false, error: message })
  })

  test('optional ones may be absent', () => {
    const result = environment({
      envFrom: [{ secretRef: { name: 'no', optional: true } }],
      env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'k', optional: true } } }],
    })
    expect(result).toEqual({ ok: true, value: {} })
  })

  test('names what it needs', () => {
    const references = environmentReferences({
      ...container,
      envFrom: [{ configMapRef: { name: 'a' } }],
      env: [
        { name: 'A', valueFrom: { configMapKeyRef: { name: 'a', key: 'k' } } },
        { name: 'B', valueFrom: { secretKeyRef: { name: 'b', key: 'k' } } },
      ],
    })
    expect(references).toEqual({ configMaps: ['a'], secrets: ['b'] })
  })
})

test.each([
  [{}, ['java', '-jar', 'app.jar']],
  [{ args: ['x'] }, ['java', 'x']],
  [{ command: ['sh'] }, ['sh']],
  [{ command: ['sh'], args: ['-c', '$(A)'] }, ['sh', '-c', '1']],
  [{ command: [], args: [] }, ['java', '-jar', 'app.jar']],
])('command and args %o', (spec, expected) => {
  expect(containerArgv(spec, { command: ['java'], args: ['-jar', 'app.jar'] }, { A: '1' })).toEqual(expected)
})
