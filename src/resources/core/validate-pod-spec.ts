/** What Kubernetes refuses in the spec of a pod or a pod template beyond its schema. */
import { duplicate, forbidden, invalid, notSupported, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import { isIpAddress } from '../meta/ip-address.ts'
import { dnsLabelProblem, dnsSubdomainProblem } from '../meta/name-syntax.ts'
import type { SyntaxCheck } from '../meta/name-syntax.ts'
import { validateLabels } from '../meta/validate-labels.ts'
import type { Container } from './container.ts'
import type { PodSpec } from './pod.ts'
import { validateContainer } from './validate-container.ts'
import type { Volume } from './volume.ts'

type Errors = readonly FieldError[]

const VOLUME_SOURCES_AT_MOST_ONE = 'may not specify more than 1 volume type'

const validateVolumes = (path: string, volumes: readonly Volume[] | undefined): Errors => {
  const names = (volumes ?? []).map(({ name }) => name)
  return itemsAt(path, volumes).flatMap(({ path: at, value, index }) => {
    const sources = Object.entries(value).filter(
      ([field, source]) => field !== 'name' && (source ?? null) !== null,
    )
    const problem = dnsLabelProblem(value.name)
    return [
      ...(value.name === '' ? [required(child(at, 'name'))] : []),
      ...(value.name !== '' && problem !== undefined
        ? [invalid(child(at, 'name'), value.name, problem)]
        : []),
      ...(names.indexOf(value.name) < index ? [duplicate(child(at, 'name'), value.name)] : []),
      ...sources.slice(1).map(([field]) => forbidden(child(at, field), VOLUME_SOURCES_AT_MOST_ONE)),
      ...(value.configMap !== undefined && (value.configMap.name ?? '') === ''
        ? [required(child(at, 'configMap.name'))]
        : []),
      ...(value.secret !== undefined && (value.secret.secretName ?? '') === ''
        ? [required(child(at, 'secret.secretName'))]
        : []),
      ...(value.hostPath?.path === '' ? [required(child(at, 'hostPath.path'))] : []),
    ]
  })
}

const validateNames = (path: string, spec: PodSpec): Errors => {
  const checks: readonly (readonly [string, string | undefined, SyntaxCheck])[] = [
    ['hostname', spec.hostname, dnsLabelProblem],
    ['subdomain', spec.subdomain, dnsLabelProblem],
    ['serviceAccountName', spec.serviceAccountName, dnsSubdomainProblem],
    ['nodeName', spec.nodeName, dnsSubdomainProblem],
  ]
  return checks.flatMap(([field, text, check]) => {
    const problem = text === undefined || text === '' ? undefined : check(text)
    return problem === undefined || text === undefined ? [] : [invalid(child(path, field), text, problem)]
  })
}

const validateContainers = (path: string, spec: PodSpec): Errors => {
  const volumes = new Set((spec.volumes ?? []).map(({ name }) => name))
  const containers = itemsAt(child(path, 'containers'), spec.containers)
  const initContainers = itemsAt(child(path, 'initContainers'), spec.initContainers)
  const all = [...initContainers, ...containers]
  const names = all.map(({ value }) => value.name)
  const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always'
  return [
    ...(containers.length === 0 ? [required(child(path, 'containers'))] : []),
    ...all.flatMap(({ path: at, value }, index) => [
      ...validateContainer(at, value, volumes),
      ...(names.indexOf(value.name) < index ? [duplicate(child(at, 'name'), value.name)] : []),
    ]),
    ...initContainers
      .filter(({ value }) => !isSidecar(value))
      .flatMap(({ path: at, value }) =>
        (['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const)
          .filter((field) => (value[field] ?? null) !== null)
          .map((field) =>
            forbidden(child(at, field), 'may not be set for init containers without restartPolicy=Always'),
          ),
      ),
    ...containers
      .filter(({ value }) => (value.restartPolicy ?? null) !== null)
      .map(({ path: at }) => forbidden(child(at, 'restartPolicy'), 'may not be set for non-init containers')),
  ]
}

export const validatePodSpec = (path: string, spec: PodSpec): Errors => [
  ...validateVolumes(child(path, 'volumes'), spec.volumes),
  ...validateContainers(path, spec),
  ...validateNames(path, spec),
  ...validateLabels(child(path, 'nodeSelector'), spec.nodeSelector),
  ...(spec.restartPolicy === undefined || ['Always', 'OnFailure', 'Never'].includes(spec.restartPolicy)
    ? []
    : [notSupported(child(path, 'restartPolicy'), spec.restartPolicy, ['Always', 'OnFailure', 'Never'])]),
  ...((spec.terminationGracePeriodSeconds ?? 0) < 0
    ? [
        invalid(
          child(path, 'terminationGracePeriodSeconds'),
          spec.terminationGracePeriodSeconds ?? 0,
          'must be greater than or equal to 0',
        ),
      ]
    : []),
  ...itemsAt(child(path, 'hostAliases'), spec.hostAliases).flatMap(({ path: at, value }) =>
    isIpAddress(value.ip) ? [] : [invalid(child(at, 'ip'), value.ip, 'must be a valid IP address')],
  ),
]
