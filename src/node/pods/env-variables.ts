import { parseQuantity, quantityMilliValue, quantityValue } from '../../primitives/quantity.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import type { ConfigMap } from '../../resources/core/config-map.ts'
import type { Container, EnvVar, ResourceFieldSelector } from '../../resources/core/container.ts'
import type { Pod } from '../../resources/core/pod.ts'
import type { Secret } from '../../resources/core/secret.ts'
import type { Service } from '../../resources/core/service.ts'

/** What the environment of a container draws on. */
export interface EnvironmentSources {
  readonly pod: Pod
  readonly podIp: string
  readonly hostIp: string
  readonly nodeName: string
  /** Of the pod's namespace. */
  readonly configMaps: ReadonlyMap<string, ConfigMap>
  readonly secrets: ReadonlyMap<string, Secret>
  /** Of the pod's namespace, and `kubernetes` of namespace default. */
  readonly services: readonly Service[]
  /** What a resource without limit falls back to. */
  readonly nodeCapacity: { readonly cpu: number; readonly memoryBytes: number }
}

/** Replaces `$(NAME)` by known variables; `$$` is a `$`, unknown references stay (third_party/forked/golang/expansion). */
export const expandReferences = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$'
    return Object.hasOwn(variables, name) ? (variables[name] ?? '') : whole
  })

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8')

const keysOf = (source: ConfigMap | Secret): Readonly<Record<string, string>> =>
  source.kind === 'Secret'
    ? Object.fromEntries(
        Object.entries(source.data ?? {}).map(([key, value]) => [key, decode(String(value))]),
      )
    : Object.fromEntries(Object.entries(source.data ?? {}).map(([key, value]) => [key, String(value)]))

const escapeQuoted = (text: string): string => JSON.stringify(text)

const mapField = (values: Readonly<Record<string, string>> | undefined): string =>
  Object.entries(values ?? {})
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => `${key}=${escapeQuoted(value)}`)
    .join('\n')

/** The value of a fieldRef of the downward API; undefined when the path is not one that Kubernetes supports. */
export const podField = (
  fieldPath: string,
  sources: Pick<EnvironmentSources, 'pod' | 'podIp' | 'hostIp' | 'nodeName'>,
): string | undefined => {
  const { metadata, spec } = sources.pod
  const subscript = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(fieldPath)
  if (subscript !== null) {
    const values = subscript[1] === 'labels' ? metadata.labels : metadata.annotations
    return values?.[subscript[2] ?? ''] ?? ''
  }
  const fields: Readonly<Record<string, () => string>> = {
    'metadata.name': () => metadata.name,
    'metadata.namespace': () => metadata.namespace ?? 'default',
    'metadata.uid': () => metadata.uid ?? '',
    'metadata.labels': () => mapField(metadata.labels),
    'metadata.annotations': () => mapField(metadata.annotations),
    'spec.nodeName': () => spec.nodeName ?? sources.nodeName,
    'spec.serviceAccountName': () => spec.serviceAccountName ?? 'default',
    'status.podIP': () => sources.podIp,
    'status.podIPs': () => sources.podIp,
    'status.hostIP': () => sources.hostIp,
    'status.hostIPs': () => sources.hostIp,
  }
  return Object.hasOwn(fields, fieldPath) ? fields[fieldPath]?.() : undefined
}

/** The value of a resourceFieldRef: limits fall back to the node's capacity, requests to zero, divided rounding up. */
export const resourceField = (
  selector: ResourceFieldSelector,
  container: Container,
  capacity: EnvironmentSources['nodeCapacity'],
): string | undefined => {
  const [list, name = ''] = selector.resource.split('.', 2)
  if (list !== 'limits' && list !== 'requests') return undefined
  const value = container.resources?.[list]?.[name]
  const isCpu = name === 'cpu'
  const fallback = list === 'requests' ? 0 : isCpu ? capacity.cpu * 1000 : capacity.memoryBytes
  const amount = value === undefined ? undefined : parseQuantity(String(value))
  const divisor = parseQuantity(String(selector.divisor ?? '1'))
  if (amount?.ok === false || !divisor.ok) return undefined
  const measure = isCpu ? quantityMilliValue : quantityValue
  const number = amount === undefined ? fallback : measure(amount.value)
  return String(Math.ceil(number / Math.max(1, measure(divisor.value))))
}

const serviceVariableName = (name: string): string => name.toUpperCase().replaceAll('-', '_')

/** The variables of one service in the manner of Docker links (kubernetes/kubernetes pkg/kubelet/envvars). */
const variablesOfService = (service: Service): Readonly<Record<string, string>> => {
  const prefix = serviceVariableName(service.metadata.name)
  const host = service.spec.clusterIP ?? ''
  const ports = service.spec.ports ?? []
  const variables: Record<string, string> = {
    [`${prefix}_SERVICE_HOST`]: host,
    [`${prefix}_SERVICE_PORT`]: String(ports[0]?.port ?? ''),
  }
  for (const [index, port] of ports.entries()) {
    const protocol = port.protocol ?? 'TCP'
    const url = `${protocol.toLowerCase()}://${host}:${port.port}`
    const base = `${prefix}_PORT_${port.port}_${protocol}`
    if (port.name !== undefined)
      variables[`${prefix}_SERVICE_PORT_${serviceVariableName(port.name)}`] = String(port.port)
    if (index === 0) variables[`${prefix}_PORT`] = url
    variables[base] = url
    variables[`${base}_PROTO`] = protocol.toLowerCase()
    variables[`${base}_PORT`] = String(port.port)
    variables[`${base}_ADDR`] = host
  }
  return variables
}

/** Variables of the services that a pod sees: those of its namespace (with enableServiceLinks) and `kubernetes`. */
export const serviceVariables = (
  services: readonly Service[],
  namespace: string,
  enableServiceLinks: boolean,
): Readonly<Record<string, string>> => {
  const isApi = (service: Service): boolean =>
    service.metadata.name === 'kubernetes' && service.metadata.namespace === 'default'
  const hasAddress = (service: Service): boolean =>
    (service.spec.clusterIP ?? '') !== '' && service.spec.clusterIP !== 'None'
  const isLinked = (service: Service): boolean =>
    enableServiceLinks && service.metadata.namespace === namespace
  const seen = services.filter((service) => hasAddress(service) && (isApi(service) || isLinked(service)))
  // The namespace's own `kubernetes` service wins over the API's.
  const ordered = seen.toSorted((left, right) => Number(isApi(right)) - Number(isApi(left)))
  return Object.assign({}, ...ordered.map(variablesOfService))
}

const notFound = (kind: 'configmap' | 'secret', name: string): string => `${kind} "${name}" not found`

const fromEnvFrom = (
  container: Container,
  sources: EnvironmentSources,
): Result<Readonly<Record<string, string>>, string> => {
  const variables: Record<string, string> = {}
  for (const source of container.envFrom ?? []) {
    const isSecret = source.secretRef !== undefined
    const reference = source.secretRef ?? source.configMapRef
    const name = reference?.name ?? ''
    const found = isSecret ? sources.secrets.get(name) : sources.configMaps.get(name)
    if (found === undefined) {
      if (reference?.optional === true) continue
      return fail(notFound(isSecret ? 'secret' : 'configmap', name))
    }
    for (const [key, value] of Object.entries(keysOf(found))) {
      const variable = `${source.prefix ?? ''}${key}`
      if (!variable.includes('=')) variables[variable] = value
    }
  }
  return ok(variables)
}

type Value = Result<string | undefined, string>

const fromKey = (
  found: ConfigMap | Secret | undefined,
  reference: { readonly name?: string; readonly key: string; readonly optional?: boolean },
  kind: 'ConfigMap' | 'Secret',
  namespace: string,
): Value => {
  const name = reference.name ?? ''
  const value = found === undefined ? undefined : keysOf(found)[reference.key]
  if (value !== undefined || reference.optional === true) return ok(value)
  return fail(
    found === undefined
      ? notFound(kind === 'Secret' ? 'secret' : 'configmap', name)
      : `couldn't find key ${reference.key} in ${kind} ${namespace}/${name}`,
  )
}

const fromResource = (
  selector: ResourceFieldSelector,
  container: Container,
  sources: EnvironmentSources,
): Value => {
  const { containers, initContainers = [] } = sources.pod.spec
  const target =
    selector.containerName === undefined
      ? container
      : [...containers, ...initContainers].find((each) => each.name === selector.containerName)
  const value = target && resourceField(selector, target, sources.nodeCapacity)
  return value === undefined ? fail(`unsupported resource: ${selector.resource}`) : ok(value)
}

const valueOf = (variable: EnvVar, container: Container, sources: EnvironmentSources): Value => {
  const from = variable.valueFrom
  const namespace = sources.pod.metadata.namespace ?? 'default'
  if (from?.fieldRef !== undefined) {
    const value = podField(from.fieldRef.fieldPath, sources)
    return value === undefined ? fail(`unsupported fieldPath: ${from.fieldRef.fieldPath}`) : ok(value)
  }
  if (from?.resourceFieldRef !== undefined) return fromResource(from.resourceFieldRef, container, sources)
  if (from?.configMapKeyRef !== undefined) {
    const found = sources.configMaps.get(from.configMapKeyRef.name ?? '')
    return fromKey(found, from.configMapKeyRef, 'ConfigMap', namespace)
  }
  if (from?.secretKeyRef !== undefined) {
    const found = sources.secrets.get(from.secretKeyRef.name ?? '')
    return fromKey(found, from.secretKeyRef, 'Secret', namespace)
  }
  return ok('')
}

/**
 * The variables that the pod's author gives a container, in Kubernetes' order: services, envFrom, env; `$(NAME)` in a
 * value refers to what was defined before it. The error is the message of CreateContainerConfigError.
 */
export const containerEnvironment = (
  container: Container,
  sources: EnvironmentSources,
): Result<Readonly<Record<string, string>>, string> => {
  const services = serviceVariables(
    sources.services,
    sources.pod.metadata.namespace ?? 'default',
    sources.pod.spec.enableServiceLinks ?? true,
  )
  const bulk = fromEnvFrom(container, sources)
  if (!bulk.ok) return bulk
  const result: Record<string, string> = { ...bulk.value }
  for (const variable of container.env ?? []) {
    if (variable.valueFrom === undefined) {
      result[variable.name] = expandReferences(variable.value ?? '', { ...services, ...result })
      continue
    }
    const value = valueOf(variable, container, sources)
    if (!value.ok) return value
    if (value.value !== undefined) result[variable.name] = value.value
  }
  return ok({ ...services, ...result })
}

/** ConfigMaps and Secrets that a container's environment names. */
export const environmentReferences = (
  container: Container,
): { readonly configMaps: readonly string[]; readonly secrets: readonly string[] } => {
  const names = (values: readonly (string | undefined)[]): string[] => [
    ...new Set(values.filter((name) => name !== undefined)),
  ]
  const env = container.env ?? []
  const envFrom = container.envFrom ?? []
  return {
    configMaps: names([
      ...env.map((each) => each.valueFrom?.configMapKeyRef?.name),
      ...envFrom.map((each) => each.configMapRef?.name),
    ]),
    secrets: names([
      ...env.map((each) => each.valueFrom?.secretKeyRef?.name),
      ...envFrom.map((each) => each.secretRef?.name),
    ]),
  }
}

/**
 * The words to run: `command` replaces the image's entrypoint and its arguments, `args` only the arguments
 * (https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/).
 */
export const containerArgv = (
  container: Pick<Container, 'command' | 'args'>,
  image: { readonly command: readonly string[]; readonly args?: readonly string[] },
  variables: Readonly<Record<string, string>>,
): readonly string[] => {
  const expand = (words: readonly string[] | undefined): string[] =>
    (words ?? []).map((word) => expandReferences(word, variables))
  const hasCommand = (container.command ?? []).length > 0
  const hasArgs = (container.args ?? []).length > 0
  const command = hasCommand ? expand(container.command) : image.command
  if (hasArgs) return [...command, ...expand(container.args)]
  return hasCommand ? command : [...command, ...(image.args ?? [])]
}
