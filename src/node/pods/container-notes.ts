import type { EventText } from '../../cluster/event-recorder.ts'
import type { Container } from '../../resources/core/container.ts'

/** The events of a container that has started, in a kubelet's words. */
export const startedNotes = (container: Container, ignoredUser: number | undefined): readonly EventText[] => {
  const { name, image = '' } = container
  const started: EventText[] = [
    {
      type: 'Normal',
      reason: 'Pulled',
      message: `Container image ${JSON.stringify(image)} already present on machine`,
    },
    { type: 'Normal', reason: 'Created', message: `Created container: ${name}` },
    { type: 'Normal', reason: 'Started', message: `Started container ${name}` },
  ]
  if (ignoredUser === undefined) return started
  const message = `container ${name} runs as the user of weft instead of ${ignoredUser}: this node was started without root and has no other users`
  return [...started, { type: 'Warning', reason: 'RunAsUserIgnored', message }]
}
