/** What Istio refuses in a WorkloadGroup beyond its schema. */
import { invalid, notSupported, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { KubeObject } from '../kube-object.ts'
import { portNumberProblem } from '../meta/name-syntax.ts'
import { validateLabels } from '../meta/validate-labels.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { checked, present, when } from './when.ts'
import type { Findings } from './when.ts'

interface Probe {
  readonly httpGet?: {
    readonly port?: number
    readonly scheme?: string
    readonly httpHeaders?: readonly { readonly name?: string }[]
  }
  readonly tcpSocket?: { readonly port?: number }
  readonly grpc?: { readonly port?: number }
  readonly exec?: { readonly command?: readonly string[] }
}

export interface WorkloadGroup extends KubeObject {
  readonly spec: {
    readonly metadata?: { readonly labels?: Readonly<Record<string, string>> }
    readonly template?: object
    readonly probe?: Probe
  }
}

const HEADER = /^[-_A-Za-z0-9]+$/
const METHODS = ['httpGet', 'tcpSocket', 'grpc', 'exec'] as const

const validateHttpGet = (path: string, probe: NonNullable<Probe['httpGet']>): Findings => [
  ...checked(child(path, 'port'), probe.port ?? 0, portNumberProblem),
  ...when(
    !['', 'HTTP', 'HTTPS'].includes(probe.scheme ?? ''),
    notSupported(child(path, 'scheme'), probe.scheme ?? '', ['HTTP', 'HTTPS']),
  ),
  ...itemsAt(child(path, 'httpHeaders'), probe.httpHeaders ?? []).flatMap((header) =>
    when(
      !HEADER.test(header.value.name ?? ''),
      invalid(child(header.path, 'name'), header.value.name ?? '', 'is not a valid header name'),
    ),
  ),
]

const validateProbe = (path: string, probe: Probe): Findings => [
  ...when(
    METHODS.every((method) => (probe[method] ?? undefined) === undefined),
    required(path, `say how to check the workload: ${METHODS.join(', ')}`),
  ),
  ...present(probe.httpGet, (httpGet) => validateHttpGet(child(path, 'httpGet'), httpGet)),
  ...(['tcpSocket', 'grpc'] as const).flatMap((method) =>
    present(probe[method], ({ port = 0 }) => checked(child(path, `${method}.port`), port, portNumberProblem)),
  ),
  ...present(probe.exec, ({ command }) =>
    when((command ?? []).length === 0, required(child(path, 'exec.command'), 'exec.command is required')),
  ),
]

export const validateWorkloadGroup = (group: WorkloadGroup): Findings => [
  ...validateIstioMetadata(group),
  ...when(
    (group.spec.template ?? undefined) === undefined,
    required('spec.template', 'template is required'),
  ),
  ...validateLabels('spec.metadata.labels', group.spec.metadata?.labels),
  ...present(group.spec.probe, (probe) => validateProbe('spec.probe', probe)),
]
