/** The events of a container, in a kubelet's words. */
import type { EventText } from '../../cluster/event-recorder.ts'
import type { Container } from '../../resources/core/container.ts'
import type { Launched, LaunchProblem } from './container-launch.ts'

/** The image as messages name it. */
export const imageText = ({ image = '' }: Container): string => JSON.stringify(image)

/** The container has started. */
export const startedNotes = (
  container: Container,
  { standIn, ignoredIds, limitsIgnored }: Pick<Launched, 'standIn' | 'ignoredIds' | 'limitsIgnored'>,
): readonly EventText[] => {
  const { name } = container
  const started: EventText[] = [
    {
      type: 'Normal',
      reason: 'Pulled',
      message: `Container image ${imageText(container)} already present on machine: it stands for ${standIn}`,
    },
    { type: 'Normal', reason: 'Created', message: `Created container: ${name}` },
    { type: 'Normal', reason: 'Started', message: `Started container ${name}` },
  ]
  if (limitsIgnored !== undefined)
    started.push({
      type: 'Normal',
      reason: 'LimitsNotEnforced',
      message: `the limits of container ${name} are not enforced: ${limitsIgnored}`,
    })
  if (ignoredIds.length === 0) return started
  const message = `container ${name} runs without ${ignoredIds.join(', ')}: Weft runs as an ordinary user, whose namespace does not have it; install the package uidmap with ranges for the user in /etc/subuid and /etc/subgid, or run Weft as root`
  return [...started, { type: 'Warning', reason: 'RunAsUserIgnored', message }]
}

const warning = (message: string): EventText => ({ type: 'Warning', reason: 'Failed', message })

/** The container could not be started. */
export const startFailedNotes = (
  container: Container,
  { reason, message }: LaunchProblem,
): readonly EventText[] => {
  switch (reason) {
    case 'ErrImagePull':
      return [
        warning(`Failed to pull image ${imageText(container)}: ${message}`),
        warning('Error: ErrImagePull'),
      ]
    case 'ErrImageNeverPull':
      return [{ type: 'Warning', reason, message }, warning(`Error: ${reason}`)]
    case 'InvalidImageName':
      return [{ type: 'Warning', reason: 'InspectFailed', message }, warning(`Error: ${reason}`)]
    case 'RunContainerError':
      return [warning(`Error: failed to start container ${JSON.stringify(container.name)}: ${message}`)]
    default:
      return [warning(`Error: ${message}`)]
  }
}

/** The image is not looked for again yet. */
export const imageBackOffNotes = (container: Container): readonly EventText[] => [
  { type: 'Normal', reason: 'BackOff', message: `Back-off pulling image ${imageText(container)}` },
  warning('Error: ImagePullBackOff'),
]
