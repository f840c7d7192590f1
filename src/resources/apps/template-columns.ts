/** The columns of `kubectl get -o wide` that Deployments and ReplicaSets share. */
import type { PodTemplateSpec } from '../core/pod.ts'
import type { Column } from '../kind.ts'
import type { KubeObject } from '../kube-object.ts'
import { formatLabelSelector } from '../meta/format-selector.ts'
import type { LabelSelector } from '../meta/label-selector.ts'
import { column } from '../meta/printer-columns.ts'

interface WithTemplate extends KubeObject {
  readonly spec: { readonly template?: PodTemplateSpec; readonly selector: LabelSelector }
}

export const templateColumns: readonly Column[] = [
  column<WithTemplate>(
    'Containers',
    'Names of each container in the template.',
    ({ spec }) => (spec.template?.spec.containers ?? []).map(({ name }) => name).join(','),
    { wide: true },
  ),
  column<WithTemplate>(
    'Images',
    'Images referenced by each container in the template.',
    ({ spec }) => (spec.template?.spec.containers ?? []).map(({ image }) => image ?? '').join(','),
    { wide: true },
  ),
  column<WithTemplate>(
    'Selector',
    'The labels of the pods.',
    ({ spec }) => formatLabelSelector(spec.selector),
    { wide: true },
  ),
]
