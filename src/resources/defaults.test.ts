import { describe, expect, test } from 'vitest'
import { withDeploymentDefaults } from './apps/deployment-defaults.ts'
import { defaultPullPolicy } from './core/container-defaults.ts'
import { withNamespaceDefaults } from './core/namespace-defaults.ts'
import { withPodDefaults } from './core/pod-defaults.ts'
import { withSecretDefaults } from './core/secret-defaults.ts'
import { withServiceDefaults } from './core/service-defaults.ts'
import { withVolumeDefaults } from './core/volume-defaults.ts'

const base = { apiVersion: 'v1', kind: 'X', metadata: { name: 'x' } }

describe("Kubernetes' defaults", () => {
  test('a pod', () => {
    const pod = withPodDefaults({
      ...base,
      spec: {
        containers: [
          {
            name: 'a',
            image: 'a:1',
            ports: [{ containerPort: 80 }],
            readinessProbe: { httpGet: { port: 80 } },
            env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
            resources: { limits: { cpu: '1', memory: '1Gi' } },
          },
        ],
      },
    })
    expect(pod).toEqual({
      ...base,
      spec: {
        restartPolicy: 'Always',
        dnsPolicy: 'ClusterFirst',
        terminationGracePeriodSeconds: 30,
        schedulerName: 'default-scheduler',
        securityContext: {},
        enableServiceLinks: true,
        containers: [
          {
            name: 'a',
            image: 'a:1',
            imagePullPolicy: 'IfNotPresent',
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
            ports: [{ containerPort: 80, protocol: 'TCP' }],
            readinessProbe: {
              httpGet: { port: 80, path: '/', scheme: 'HTTP' },
              timeoutSeconds: 1,
              periodSeconds: 10,
              successThreshold: 1,
              failureThreshold: 3,
            },
            env: [{ name: 'IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } }],
            resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } },
          },
        ],
      },
      status: { phase: 'Pending', qosClass: 'Guaranteed' },
    })
  })

  test('what is written stays', () => {
    const pod = withPodDefaults({
      ...base,
      spec: {
        containers: [{ name: 'a', imagePullPolicy: 'Never' }],
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 0,
      },
      status: { phase: 'Running' },
    })
    expect(pod.spec).toMatchObject({
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      containers: [{ imagePullPolicy: 'Never' }],
    })
    expect(pod.status).toEqual({ phase: 'Running', qosClass: 'BestEffort' })
  })

  test.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1', 'IfNotPresent'],
    ['registry:5000/nginx', 'Always'],
    ['registry:5000/nginx:1', 'IfNotPresent'],
    ['nginx@sha256:abc', 'IfNotPresent'],
  ])('pull policy of %s', (image, policy) => {
    expect(defaultPullPolicy(image)).toBe(policy)
  })

  test('volumes', () => {
    expect(withVolumeDefaults({ name: 'a' })).toEqual({ name: 'a', emptyDir: {} })
    expect(withVolumeDefaults({ name: 'a', configMap: { name: 'c' } }).configMap?.defaultMode).toBe(420)
    expect(
      withVolumeDefaults({ name: 'a', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } })
        .projected,
    ).toEqual({
      defaultMode: 420,
      sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }],
    })
  })

  test('a deployment', () => {
    const { spec } = withDeploymentDefaults({
      ...base,
      spec: { selector: {}, template: { spec: { containers: [] } } },
    })
    expect(spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    })
    expect(spec.template.spec.enableServiceLinks).toBeUndefined()
    const recreate = withDeploymentDefaults({
      ...base,
      spec: {
        replicas: 0,
        selector: {},
        template: { spec: { containers: [] } },
        strategy: { type: 'Recreate' },
      },
    })
    expect(recreate.spec).toMatchObject({ replicas: 0, strategy: { type: 'Recreate' } })
    expect(recreate.spec.strategy).not.toHaveProperty('rollingUpdate')
  })

  test('a service', () => {
    expect(withServiceDefaults({ ...base, spec: { ports: [{ port: 80 }] } }).spec).toEqual({
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
    })
    expect(withServiceDefaults({ ...base, spec: { type: 'LoadBalancer' } }).spec).toMatchObject({
      externalTrafficPolicy: 'Cluster',
      allocateLoadBalancerNodePorts: true,
    })
  })

  test.each([0, ''])('a target port %j, as Go clients write none, is the port', (targetPort) => {
    const { spec } = withServiceDefaults({ ...base, spec: { ports: [{ port: 80, targetPort }] } })
    expect(spec.ports).toEqual([{ port: 80, targetPort: 80, protocol: 'TCP' }])
  })

  test('a secret', () => {
    const secret = withSecretDefaults({ ...base, data: { a: 'MQ==', b: 'MQ==' }, stringData: { b: 'grüß' } })
    expect(secret).toEqual({
      ...base,
      type: 'Opaque',
      data: { a: 'MQ==', b: Buffer.from('grüß').toString('base64') },
    })
  })

  test('a namespace', () => {
    expect(withNamespaceDefaults(base)).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'x' } },
      status: { phase: 'Active' },
    })
  })
})
