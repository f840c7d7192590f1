/** What Kubernetes refuses in a container beyond its schema (pkg/apis/core/validation). */
import { PROBE_COUNTS } from './probe-counts.ts'
import { duplicate, forbidden, invalid, notFound, notSupported, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { FieldError } from '../kind.ts'
import {
  configKeyProblem,
  dnsLabelProblem,
  envNameProblem,
  portNameProblem,
  portNumberProblem,
} from '../meta/name-syntax.ts'
import type { SyntaxCheck } from '../meta/name-syntax.ts'
import type { ActionHandler, Container, ContainerPort, EnvVar, Probe } from './container.ts'

type Errors = readonly FieldError[]

const syntax = (path: string, text: string, check: SyntaxCheck): Errors => {
  const problem = check(text)
  return problem === undefined ? [] : [invalid(path, text, problem)]
}

const portNumber = (path: string, port: number): Errors => {
  const problem = portNumberProblem(port)
  return problem === undefined ? [] : [invalid(path, port, problem)]
}

const numberOrName = (path: string, port: number | string): Errors =>
  typeof port === 'number' ? portNumber(path, port) : syntax(path, port, portNameProblem)

const validateEnv = (path: string, env: readonly EnvVar[] | undefined): Errors =>
  itemsAt(path, env).flatMap(({ path: at, value: { name, value, valueFrom } }) => {
    const sources = Object.values(valueFrom ?? {}).filter((source) => (source ?? null) !== null)
    const keys = (['configMapKeyRef', 'secretKeyRef'] as const).flatMap((field): Errors => {
      const key = valueFrom?.[field]?.key
      return key === undefined ? [] : syntax(child(at, `valueFrom.${field}.key`), key, configKeyProblem)
    })
    return [
      ...(name === '' ? [required(child(at, 'name'))] : syntax(child(at, 'name'), name, envNameProblem)),
      ...((value ?? '') !== '' && sources.length > 0
        ? [invalid(child(at, 'valueFrom'), '', 'may not be specified when `value` is not empty')]
        : []),
      ...(valueFrom !== undefined && sources.length !== 1
        ? [
            invalid(
              child(at, 'valueFrom'),
              '',
              'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
            ),
          ]
        : []),
      ...keys,
    ]
  })

const validatePorts = (path: string, ports: readonly ContainerPort[] | undefined): Errors => {
  const names = (ports ?? []).map(({ name }) => name)
  return itemsAt(path, ports).flatMap(({ path: at, value, index }) => [
    ...(value.name === undefined || value.name === ''
      ? []
      : syntax(child(at, 'name'), value.name, portNameProblem)),
    ...(value.name !== undefined && value.name !== '' && names.indexOf(value.name) < index
      ? [duplicate(child(at, 'name'), value.name)]
      : []),
    ...portNumber(child(at, 'containerPort'), value.containerPort),
    ...((value.hostPort ?? 0) === 0 ? [] : portNumber(child(at, 'hostPort'), value.hostPort ?? 0)),
  ])
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const

const validateHandler = (path: string, handler: ActionHandler & Pick<Probe, 'grpc'>): Errors => {
  const fields = new Map<string, unknown>(Object.entries(handler))
  const set = HANDLERS.filter((name) => (fields.get(name) ?? null) !== null)
  const { exec, httpGet, tcpSocket, grpc } = handler
  return [
    ...(set.length === 0
      ? [required(path, 'must specify a handler type: exec, httpGet, tcpSocket or grpc')]
      : []),
    ...set.slice(1).map((name) => forbidden(child(path, name), 'may not specify more than 1 handler type')),
    ...(exec !== undefined && (exec.command ?? []).length === 0
      ? [required(child(path, 'exec.command'))]
      : []),
    ...(httpGet === undefined ? [] : numberOrName(child(path, 'httpGet.port'), httpGet.port)),
    ...(tcpSocket === undefined ? [] : numberOrName(child(path, 'tcpSocket.port'), tcpSocket.port)),
    ...(grpc === undefined ? [] : portNumber(child(path, 'grpc.port'), grpc.port)),
  ]
}

const validateProbe = (path: string, probe: Probe, mustSucceedOnce: boolean): Errors => [
  ...validateHandler(path, probe),
  ...PROBE_COUNTS.flatMap((field) =>
    (probe[field] ?? 0) < 0
      ? [invalid(child(path, field), probe[field] ?? 0, 'must be greater than or equal to 0')]
      : [],
  ),
  ...(mustSucceedOnce && (probe.successThreshold ?? 1) !== 1
    ? [invalid(child(path, 'successThreshold'), probe.successThreshold ?? 1, 'must be 1')]
    : []),
]

const validateProbes = (path: string, container: Container): Errors =>
  (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((field) => {
    const probe = container[field]
    return (probe ?? null) === null || probe === undefined
      ? []
      : validateProbe(child(path, field), probe, field !== 'readinessProbe')
  })

const validateMounts = (path: string, container: Container, volumes: ReadonlySet<string>): Errors => {
  const paths = (container.volumeMounts ?? []).map(({ mountPath }) => mountPath)
  return itemsAt(child(path, 'volumeMounts'), container.volumeMounts).flatMap(
    ({ path: at, value: { name, mountPath, subPath = '' }, index }) => [
      ...(name === '' ? [required(child(at, 'name'))] : []),
      ...(name !== '' && !volumes.has(name) ? [notFound(child(at, 'name'), name)] : []),
      ...(mountPath === '' ? [required(child(at, 'mountPath'))] : []),
      ...(paths.indexOf(mountPath) < index
        ? [invalid(child(at, 'mountPath'), mountPath, 'must be unique')]
        : []),
      ...(subPath.startsWith('/') ? [invalid(child(at, 'subPath'), subPath, 'must be a relative path')] : []),
      ...(subPath.split('/').includes('..')
        ? [invalid(child(at, 'subPath'), subPath, "must not contain '..'")]
        : []),
    ],
  )
}

const supported = (path: string, value: string | undefined, values: readonly string[]): Errors =>
  value === undefined || value === '' || values.includes(value) ? [] : [notSupported(path, value, values)]

/** `volumes`: the names of the pod's volumes. */
export const validateContainer = (
  path: string,
  container: Container,
  volumes: ReadonlySet<string>,
): Errors => [
  ...(container.name === ''
    ? [required(child(path, 'name'))]
    : syntax(child(path, 'name'), container.name, dnsLabelProblem)),
  ...((container.image ?? '') === '' ? [required(child(path, 'image'))] : []),
  ...((container.image ?? '').trim() === (container.image ?? '')
    ? []
    : [invalid(child(path, 'image'), container.image ?? '', 'must not have leading or trailing whitespace')]),
  ...supported(child(path, 'imagePullPolicy'), container.imagePullPolicy, [
    'Always',
    'IfNotPresent',
    'Never',
  ]),
  ...validatePorts(child(path, 'ports'), container.ports),
  ...validateEnv(child(path, 'env'), container.env),
  ...validateMounts(path, container, volumes),
  ...validateProbes(path, container),
  ...(['postStart', 'preStop'] as const).flatMap((hook) => {
    const handler = container.lifecycle?.[hook]
    return handler === undefined ? [] : validateHandler(child(path, `lifecycle.${hook}`), handler)
  }),
]
