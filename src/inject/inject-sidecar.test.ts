import { describe, expect, test } from 'vitest'
import type { Pod, PodSpec } from '../resources/core/pod.ts'
import { gatewayManifests, ingressGateway } from './gateway-manifests.ts'
import { injectSidecar, type InjectionOutcome } from './inject-sidecar.ts'
import { withMeshConfig } from './proxy-config-annotation.ts'
import { defaultInjectionSettings } from './injection-settings.ts'

const settings = defaultInjectionSettings('0.1.0')

const aPod = (
  options: {
    labels?: Readonly<Record<string, string>>
    annotations?: Readonly<Record<string, string>>
    spec?: Partial<PodSpec>
  } = {},
): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'myapp-v1-5d9c7b-x2x4z',
    labels: { app: 'myapp', version: 'v1', 'pod-template-hash': '5d9c7b', ...options.labels },
    ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'myapp-v1-5d9c7b', uid: 'u', controller: true },
    ],
  },
  spec: {
    containers: [{ name: 'myapp', image: 'myapp:1.0', ports: [{ containerPort: 8080, name: 'http' }] }],
    ...options.spec,
  },
})

const inject = (
  pod: Pod,
  labels: Readonly<Record<string, string>> = { 'istio-injection': 'enabled' },
  name = 'default',
) => injectSidecar({ pod, namespace: { name, labels }, settings })

const injected = (pod: Pod): Pod => {
  const outcome = inject(pod)
  if (!outcome.ok) throw new Error(outcome.error)
  expect(outcome.value.changed).toBe(true)
  return outcome.value.pod
}

const envOf = (pod: Pod, name: string): string | undefined =>
  [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
    .find((container) => container.name === 'istio-proxy')
    ?.env?.find((variable) => variable.name === name)?.value

describe('which pods', () => {
  const enabled = { 'istio-injection': 'enabled' }
  const disabled = { 'istio-injection': 'disabled' }
  test.each([
    ['a namespace that is not labelled', {}, {}, false],
    ['an enabled namespace', enabled, {}, true],
    [
      'an enabled namespace, pod opted out',
      enabled,
      { labels: { 'sidecar.istio.io/inject': 'false' } },
      false,
    ],
    [
      'an enabled namespace, opted out by annotation',
      enabled,
      { annotations: { 'sidecar.istio.io/inject': 'false' } },
      false,
    ],
    [
      'the label beats the annotation',
      enabled,
      { labels: { 'sidecar.istio.io/inject': 'true' }, annotations: { 'sidecar.istio.io/inject': 'false' } },
      true,
    ],
    ['a plain namespace, pod opted in', {}, { labels: { 'sidecar.istio.io/inject': 'true' } }, true],
    [
      'an annotation alone does not opt in',
      {},
      { annotations: { 'sidecar.istio.io/inject': 'true' } },
      false,
    ],
    [
      'a disabled namespace wins over the pod',
      disabled,
      { labels: { 'sidecar.istio.io/inject': 'true' } },
      false,
    ],
    ['a namespace of our revision', { 'istio.io/rev': 'default' }, {}, true],
    ['a namespace of another revision', { 'istio.io/rev': 'canary' }, {}, false],
    ['istio-injection is stronger than a revision', { ...enabled, 'istio.io/rev': 'canary' }, {}, true],
    ['a pod of our revision', {}, { labels: { 'istio.io/rev': 'default' } }, true],
    ['the network of the host', enabled, { spec: { hostNetwork: true } }, false],
    ['a pod that has its sidecar', enabled, { annotations: { 'sidecar.istio.io/status': '{}' } }, false],
  ] as const)('%s', (_name, namespace, pod, changed) => {
    const outcome = inject(aPod(pod), namespace)
    expect(outcome).toMatchObject({ ok: true, value: { changed } })
  })

  test('never in kube-system', () => {
    expect(inject(aPod(), enabled, 'kube-system')).toMatchObject({
      value: { changed: false, why: 'namespace kube-system is never injected' },
    })
  })

  test('a pod that is not injected stays the same object', () => {
    const pod = aPod()
    const outcome = inject(pod, {})
    expect(outcome.ok && outcome.value.pod === pod).toBe(true)
  })
})

describe('the injected pod', () => {
  test("runs the redirect, then the proxy as a native sidecar, then the user's init containers", () => {
    const pod = injected(aPod({ spec: { initContainers: [{ name: 'migrate', image: 'm' }] } }))
    expect(pod.spec.initContainers?.map(({ name, restartPolicy }) => [name, restartPolicy])).toEqual([
      ['istio-init', undefined],
      ['istio-proxy', 'Always'],
      ['migrate', undefined],
    ])
    expect(pod.spec.containers.map(({ name }) => name)).toEqual(['myapp'])
    const [init, proxy] = pod.spec.initContainers ?? []
    expect(init?.args?.slice(0, 9).join(' ')).toBe('istio-iptables -p 15001 -z 15006 -u 1337 -m REDIRECT')
    expect(proxy).toMatchObject({
      image: 'weft/proxyv2:0.1.0',
      startupProbe: {
        httpGet: { path: '/healthz/ready', port: 15021 },
        periodSeconds: 1,
        failureThreshold: 600,
      },
      readinessProbe: {
        httpGet: { path: '/healthz/ready', port: 15021 },
        periodSeconds: 15,
        failureThreshold: 4,
      },
    })
  })

  test("carries Istio's labels and annotations", () => {
    const { labels, annotations } = injected(aPod()).metadata
    expect(labels).toMatchObject({
      'security.istio.io/tlsMode': 'istio',
      'service.istio.io/canonical-name': 'myapp',
      'service.istio.io/canonical-revision': 'v1',
    })
    expect(annotations).toMatchObject({
      'kubectl.kubernetes.io/default-container': 'myapp',
      'prometheus.io/port': '15020',
      'istio.io/rev': 'default',
    })
    expect(JSON.parse(annotations?.['sidecar.istio.io/status'] ?? '')).toMatchObject({
      initContainers: ['istio-init', 'istio-proxy'],
      revision: 'default',
    })
  })

  test('keeps what its author wrote', () => {
    const { annotations } = injected(
      aPod({
        annotations: { 'prometheus.io/port': '9090', 'kubectl.kubernetes.io/default-container': 'other' },
      }),
    ).metadata
    expect(annotations?.['prometheus.io/port']).toBe('9090')
    expect(annotations?.['prometheus.io/scrape']).toBeUndefined()
    expect(annotations?.['kubectl.kubernetes.io/default-container']).toBe('other')
  })

  test('tells the proxy its workload, ports and configuration', () => {
    const pod = injected(
      aPod({ annotations: { 'proxy.istio.io/config': 'concurrency: 2\nproxyMetadata:\n  A: "1"\n' } }),
    )
    expect(envOf(pod, 'ISTIO_META_WORKLOAD_NAME')).toBe('myapp-v1')
    expect(envOf(pod, 'ISTIO_META_OWNER')).toBe(
      'kubernetes://apis/apps/v1/namespaces/default/deployments/myapp-v1',
    )
    expect(JSON.parse(envOf(pod, 'ISTIO_META_POD_PORTS') ?? '')).toEqual([
      { containerPort: 8080, name: 'http' },
    ])
    expect(JSON.parse(envOf(pod, 'PROXY_CONFIG') ?? '')).toMatchObject({
      discoveryAddress: 'istiod.istio-system.svc:15010',
      concurrency: 2,
    })
    expect(envOf(pod, 'A')).toBe('1')
  })

  test('sends the probes of the application to Envoy, ports looked up', () => {
    const pod = injected(
      aPod({
        spec: {
          containers: [
            {
              name: 'myapp',
              ports: [{ containerPort: 8080, name: 'http' }],
              readinessProbe: {
                httpGet: { path: '/ready', port: 'http' },
                periodSeconds: 5,
                timeoutSeconds: 2,
              },
              livenessProbe: { tcpSocket: { port: 8080 } },
              startupProbe: { exec: { command: ['true'] } },
            },
          ],
        },
      }),
    )
    expect(pod.spec.containers[0]).toMatchObject({
      readinessProbe: {
        httpGet: { path: '/app-health/myapp/readyz', port: 15020, scheme: 'HTTP' },
        periodSeconds: 5,
        timeoutSeconds: 2,
      },
      livenessProbe: { httpGet: { path: '/app-health/myapp/livez', port: 15020 } },
      startupProbe: { exec: { command: ['true'] } },
    })
    expect(pod.spec.containers[0]?.livenessProbe?.tcpSocket).toBeUndefined()
    expect(JSON.parse(envOf(pod, 'ISTIO_KUBE_APP_PROBERS') ?? '')).toEqual({
      '/app-health/myapp/readyz': { httpGet: { path: '/ready', port: 8080 }, timeoutSeconds: 2 },
      '/app-health/myapp/livez': { tcpSocket: { port: 8080 } },
    })
  })

  test('leaves the probes alone when told so', () => {
    const probe = { httpGet: { path: '/ready', port: 8080 } }
    const pod = injected(
      aPod({
        annotations: { 'sidecar.istio.io/rewriteAppHTTPProbers': 'false' },
        spec: { containers: [{ name: 'myapp', readinessProbe: probe }] },
      }),
    )
    expect(pod.spec.containers[0]?.readinessProbe).toEqual(probe)
  })

  test('has no redirect when interception is off', () => {
    const pod = injected(aPod({ annotations: { 'sidecar.istio.io/interceptionMode': 'NONE' } }))
    expect(pod.spec.initContainers?.map(({ name }) => name)).toEqual(['istio-proxy'])
  })

  test("takes the user's own istio-proxy container over the template", () => {
    const pod = injected(
      aPod({
        spec: {
          containers: [
            { name: 'myapp' },
            {
              name: 'istio-proxy',
              image: 'auto',
              env: [{ name: 'POD_NAME', value: 'mine' }],
              resources: { limits: { cpu: '1' } },
            },
          ],
        },
      }),
    )
    expect(pod.spec.containers.map(({ name }) => name)).toEqual(['myapp'])
    const proxy = pod.spec.initContainers?.find(({ name }) => name === 'istio-proxy')
    expect(proxy).toMatchObject({ image: 'weft/proxyv2:0.1.0', resources: { limits: { cpu: '1' } } })
    expect(envOf(pod, 'POD_NAME')).toBe('mine')
  })

  test.each([
    [{ 'traffic.sidecar.istio.io/excludeOutboundPorts': '80a' }, 'excludeOutboundPorts: "80a" is not valid'],
    [
      { 'traffic.sidecar.istio.io/includeOutboundIPRanges': '10.0.0.0/40' },
      'write IPv4 ranges such as 10.0.0.0/8',
    ],
    [{ 'proxy.istio.io/config': '- 1' }, 'proxy.istio.io/config is not an object'],
    [{ 'proxy.istio.io/config': 'a: [' }, 'proxy.istio.io/config is not YAML'],
  ] as Readonly<Record<string, string>>[][])('a wrong annotation is refused: %o', (annotations, message) => {
    const outcome = inject(aPod({ annotations: annotations ?? {} }))
    expect(outcome.ok).toBe(false)
    expect(!outcome.ok && outcome.error).toContain(message)
  })
})

describe('the mesh configuration', () => {
  test("gives the pods' defaults, but not the address of the control plane", () => {
    const text =
      'trustDomain: example.org\ndefaultConfig: { concurrency: 4, discoveryAddress: "istiod:15012" }'
    expect(withMeshConfig(settings, text)).toMatchObject({
      trustDomain: 'example.org',
      defaultConfig: { concurrency: 4, discoveryAddress: 'istiod.istio-system.svc:15010' },
    })
  })

  test.each(['', 'a: [', '- 1', 'trustDomain: 3'])('a broken one (%o) changes nothing', (text) => {
    expect(withMeshConfig(settings, text)).toEqual(settings)
  })
})

describe('the ingress gateway', () => {
  const [account, deployment, service] = gatewayManifests(ingressGateway)

  test("has Istio's names, labels and ports", () => {
    expect(account.metadata.name).toBe('istio-ingressgateway-service-account')
    expect(deployment.spec.template.spec.serviceAccountName).toBe(account.metadata.name)
    expect(service.spec).toMatchObject({
      type: 'LoadBalancer',
      selector: { app: 'istio-ingressgateway', istio: 'ingressgateway' },
    })
    expect(service.spec.ports?.map(({ name, port, targetPort }) => [name, port, targetPort])).toEqual([
      ['status-port', 15021, 15021],
      ['http2', 80, 8080],
      ['https', 443, 8443],
    ])
  })

  test('its pods become routers without a redirect', () => {
    const { metadata, spec } = deployment.spec.template
    const outcome = inject(
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'gw', ...metadata }, spec },
      {},
      'istio-system',
    )
    if (!outcome.ok) throw new Error(outcome.error)
    const { pod }: InjectionOutcome = outcome.value
    expect(pod.spec.initContainers).toBeUndefined()
    expect(pod.spec.containers[0]).toMatchObject({ name: 'istio-proxy', image: 'weft/proxyv2:0.1.0' })
    expect(pod.spec.containers[0]?.args?.slice(0, 2)).toEqual(['proxy', 'router'])
    expect(pod.spec.containers[0]?.restartPolicy).toBeUndefined()
    expect(pod.spec.containers[0]?.ports?.map(({ containerPort }) => containerPort)).toEqual([
      15090, 15021, 8080, 8443,
    ])
  })
})
