/** The events of a pod as a whole. */
import type { EventText } from '../../cluster/event-recorder.ts'
import type { Pod } from '../../resources/core/pod.ts'

const withoutEffect = ['hostPID', 'hostIPC', 'shareProcessNamespace'] as const

/** What the pod asks for and this node does not do; the pod runs all the same. */
export const ignoredFieldNotes = ({ spec }: Pod): readonly EventText[] => {
  const ignored = withoutEffect.filter((field) => spec[field] === true)
  if (ignored.length === 0) return []
  const names = ignored.map((field) => `spec.${field}`).join(', ')
  const message = `${names}: without effect on this node, where every container has a process namespace of its own and every pod its IPC; take it out, or reach other containers over the pod's network and volumes`
  return [{ type: 'Warning', reason: 'FieldIgnored', message }]
}
