/** The ingress gateway's objects, as Istio's gateway chart makes them. */
import type { Deployment } from '../resources/apps/deployment.ts'
import type { Service } from '../resources/core/service.ts'
import type { KubeObject } from '../resources/kube-object.ts'

export interface GatewayOptions {
  readonly name: string
  readonly namespace: string
  /** What Gateway objects select, beside `app: <name>`. */
  readonly labels: Readonly<Record<string, string>>
  readonly replicas: number
}

export const ingressGateway: GatewayOptions = {
  name: 'istio-ingressgateway',
  namespace: 'istio-system',
  labels: { istio: 'ingressgateway' },
  replicas: 1,
}

const servicePorts = [
  { name: 'status-port', port: 15021, targetPort: 15021, protocol: 'TCP' },
  { name: 'http2', port: 80, targetPort: 8080, protocol: 'TCP' },
  { name: 'https', port: 443, targetPort: 8443, protocol: 'TCP' },
] as const

/** ServiceAccount, Deployment and Service, in the order in which to apply them. */
export const gatewayManifests = (
  options: GatewayOptions,
): readonly [serviceAccount: KubeObject, deployment: Deployment, service: Service] => {
  const { name, namespace, replicas } = options
  const labels = { app: name, ...options.labels }
  const account = `${name}-service-account`
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace, labels } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '100%', maxUnavailable: '25%' } },
        template: {
          metadata: {
            labels: { ...labels, 'sidecar.istio.io/inject': 'true' },
            annotations: { 'inject.istio.io/templates': 'gateway' },
          },
          spec: {
            serviceAccountName: account,
            containers: [
              {
                name: 'istio-proxy',
                image: 'auto',
                ports: servicePorts.map(({ targetPort }) => ({ containerPort: targetPort, protocol: 'TCP' })),
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels },
      spec: { type: 'LoadBalancer', selector: labels, ports: servicePorts },
    },
  ]
}
