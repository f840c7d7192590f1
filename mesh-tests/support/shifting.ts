/** The application of walkthrough 001, running, and its objects to change. */
import { request, walkthroughFile, type Instance } from './instance.ts'

export const shiftingFile = (name: string): string =>
  walkthroughFile(`001-traffic-shifting/${name}`, `traffic-shifting/${name}`)

/** Applies walkthrough 001 and waits until it serves; resolves with the URL that answers. */
export const applyShifting = async ({ kubectlOk, gatewayUrl }: Instance): Promise<string> => {
  await kubectlOk(['label', 'namespace', 'default', 'istio-injection=enabled', '--overwrite'])
  const files = ['myapp.yaml', 'myapp-dr.yaml', 'myapp-gateway.yaml']
  await kubectlOk(['apply', ...files.flatMap((name) => ['-f', shiftingFile(name)])])
  for (const version of ['v1', 'v2'])
    await kubectlOk(['rollout', 'status', `deployment/myapp-${version}`, '--timeout=60s'])
  await kubectlOk(['wait', '--for=condition=Programmed', 'virtualservice/myapp', '--timeout=60s'])
  return `${await gatewayUrl()}/api/v1/hello`
}

export interface RouteTo {
  readonly host?: string
  readonly subset?: string
  readonly port?: number
  readonly weight?: number
}

/** A VirtualService behind the walkthrough's gateway. */
export const virtualService = (
  name: string,
  host: string,
  routes: readonly RouteTo[],
  more: Readonly<Record<string, unknown>> = {},
): string =>
  JSON.stringify({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'default' },
    spec: {
      hosts: [host],
      gateways: ['myapp-gateway'],
      http: [
        {
          ...more,
          route: routes.map(({ host: to = 'myapp', subset, port = 8080, weight }) => ({
            destination: { host: to, port: { number: port }, ...(subset === undefined ? {} : { subset }) },
            ...(weight === undefined ? {} : { weight }),
          })),
        },
      ],
    },
  })

export const destinationRule = (...subsets: readonly string[]): string =>
  JSON.stringify({
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'myapp-destination-rule', namespace: 'default' },
    spec: {
      host: 'myapp',
      subsets: subsets.map((name) => ({ name, labels: { version: name === 'v2' ? 'v2' : 'v1' } })),
    },
  })

/** The condition `Programmed` as `status reason message`, once it is about the newest generation. */
export const programmed = async (instance: Instance, object = 'virtualservice/myapp'): Promise<string> => {
  const path =
    '{.metadata.generation} {range .status.conditions[?(@.type=="Programmed")]}{.observedGeneration} {.status} {.reason} {.message}{end}'
  const text = await instance.kubectlOk(['get', object, '-o', `jsonpath=${path}`])
  const [generation, observed, ...words] = text.split(' ')
  return generation === observed ? words.join(' ') : 'unobserved'
}

/** The answer's version: `1`, `2`, or the status when it is not 200. */
export const version = async (url: string, host?: string): Promise<string> => {
  const { status, body } = await request(url, host === undefined ? {} : { host })
  return status === 200 ? (/version (\d)/.exec(body)?.[1] ?? body) : `status ${status}`
}
