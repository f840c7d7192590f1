/** The columns of `kubectl get pods`. */
import type { Column } from '../kind.ts'
import { ageColumn, column, nameColumn } from '../meta/printer-columns.ts'
import { summarizePod } from './pod-status-text.ts'
import type { Pod } from './pod.ts'

const orNone = (text: string | undefined): string => (text === undefined || text === '' ? '<none>' : text)

const readinessGates = (pod: Pod): string => {
  const gates = pod.spec.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const met = gates.filter(
    ({ conditionType }) =>
      pod.status?.conditions?.find(({ type }) => type === conditionType)?.status === 'True',
  )
  return `${met.length}/${gates.length}`
}

export const podColumns: readonly Column[] = [
  nameColumn,
  column<Pod>(
    'Ready',
    'The aggregate readiness state of this pod for accepting traffic.',
    (pod, now) => summarizePod(pod, now).ready,
  ),
  column<Pod>(
    'Status',
    'The aggregate status of the containers in this pod.',
    (pod, now) => summarizePod(pod, now).status,
  ),
  column<Pod>(
    'Restarts',
    'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    (pod, now) => summarizePod(pod, now).restarts,
  ),
  ageColumn,
  column<Pod>(
    'IP',
    'The IP address allocated to the pod.',
    (pod) => orNone(pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP),
    { wide: true },
  ),
  column<Pod>('Node', 'The node that runs the pod.', (pod) => orNone(pod.spec.nodeName), { wide: true }),
  column<Pod>(
    'Nominated Node',
    'The node that the pod may be scheduled to after preemption.',
    (pod) => orNone(pod.status?.nominatedNodeName),
    { wide: true },
  ),
  column<Pod>(
    'Readiness Gates',
    'Conditions that must also be true before the pod is ready.',
    readinessGates,
    { wide: true },
  ),
]
