/** What Istio refuses in a WorkloadGroup beyond its schema. */
import { PROBE_COUNTS } from '../core/probe-counts.ts'
import { forbidden, invalid, notSupported, required } from '../field-error.ts'
import { child, itemsAt } from '../field-path.ts'
import type { KubeObject } from '../kube-object.ts'
import { portNumberProblem } from '../meta/name-syntax.ts'
import { validateWorkloadLabels } from './label-syntax.ts'
import { validateIstioMetadata } from './validate-istio-metadata.ts'
import { validateWorkload } from './validate-workload-entry.ts'
import { checked, present, when } from './when.ts'
import type { Findings } from './when.ts'
import type { WorkloadEntrySpec } from './workload-entry.ts'

interface Probe extends Readonly<Partial<Record<(typeof PROBE_COUNTS)[number], number>>> {
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
    readonly template?: WorkloadEntrySpec
    readonly probe?: Probe
  }
}

const HEADER = /^[-A-Za-z0-9]+$/
const METHODS = ['httpGet', 'tcpSocket', 'exec'] as const

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
    (probe.grpc ?? undefined) === undefined &&
      METHODS.every((method) => (probe[method] ?? undefined) === undefined),
    required(path, `say how to check the workload: ${METHODS.join(', ')}`),
  ),
  ...present(probe.grpc, () => [
    forbidden(child(path, 'grpc'), 'Istio knows no check by gRPC here; write httpGet, tcpSocket or exec'),
  ]),
  ...PROBE_COUNTS.flatMap((field) =>
    checked(child(path, field), probe[field], (count) => (count < 0 ? 'must be non-negative' : undefined)),
  ),
  ...present(probe.httpGet, (httpGet) => validateHttpGet(child(path, 'httpGet'), httpGet)),
  ...present(probe.tcpSocket, ({ port = 0 }) =>
    checked(child(path, 'tcpSocket.port'), port, portNumberProblem),
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
  ...present(group.spec.template, (template) => validateWorkload('spec.template', template)),
  ...validateWorkloadLabels('spec.metadata.labels', group.spec.metadata?.labels),
  ...present(group.spec.probe, (probe) => validateProbe('spec.probe', probe)),
]
