/** Kubernetes' defaults of a container (pkg/apis/core/v1/defaults.go). */
import { fill, mapField } from '../fill-defaults.ts'
import type {
  ActionHandler,
  Container,
  EnvVar,
  LifecycleHandler,
  Probe,
  ResourceRequirements,
} from './container.ts'

const withHttpGet = <T extends ActionHandler>(handler: T): T =>
  mapField<ActionHandler, 'httpGet'>(handler, 'httpGet', (action) =>
    fill(action, { path: '/', scheme: 'HTTP' }),
  ) as T

const withProbe = (probe: Probe): Probe =>
  fill(withHttpGet(probe), { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 })

const withEnv = (variable: EnvVar): EnvVar =>
  mapField(variable, 'valueFrom', (source) =>
    mapField(source, 'fieldRef', (field) => fill(field, { apiVersion: 'v1' })),
  )

/** `Always` for no tag or `latest`, else `IfNotPresent`: an image with a digest or another tag does not change. */
export const defaultPullPolicy = (image: string): 'Always' | 'IfNotPresent' => {
  if (image.includes('@')) return 'IfNotPresent'
  const name = image.slice(image.lastIndexOf('/') + 1)
  const colon = name.indexOf(':')
  return colon === -1 || name.slice(colon + 1) === 'latest' ? 'Always' : 'IfNotPresent'
}

/** A limit without a request is also the request. */
const withRequests = (resources: ResourceRequirements): ResourceRequirements =>
  resources.limits === undefined
    ? resources
    : { ...resources, requests: fill(resources.requests ?? {}, resources.limits) }

const withLifecycleHandler = (handler: LifecycleHandler): LifecycleHandler => withHttpGet(handler)

/** `isPod`: a bare pod also gets requests from its limits; a template keeps what its owner wrote. */
export const withContainerDefaults = (container: Container, isPod: boolean): Container => {
  const filled = fill(container, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: defaultPullPolicy(container.image ?? ''),
  })
  const withPorts = mapField(filled, 'ports', (ports) => ports.map((port) => fill(port, { protocol: 'TCP' })))
  const withEnvironment = mapField(withPorts, 'env', (env) => env.map(withEnv))
  const withHooks = mapField(withEnvironment, 'lifecycle', (lifecycle) =>
    mapField(mapField(lifecycle, 'postStart', withLifecycleHandler), 'preStop', withLifecycleHandler),
  )
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const
  const probed = probes.reduce((inner, field) => mapField(inner, field, withProbe), withHooks)
  return isPod ? mapField(probed, 'resources', withRequests) : probed
}
