/** Our own messages, about what Istio says nothing about. */
import type { MessageRow } from './message-row.ts'

export const weftMessages = {
  WFT0001: {
    name: 'InvalidManifest',
    level: 'Error',
    template: 'Invalid manifest: %s',
    description: 'The text is no YAML or JSON, or no object of Kubernetes, so nothing of it can be applied.',
    remedy: 'Write it as the message says.',
  },
  WFT0002: {
    name: 'InvalidKubernetesObject',
    level: 'Error',
    template: 'Kubernetes refuses this object: %s',
    description: 'The API server would reject the object: a field is unknown, missing or has a wrong value.',
    remedy: 'Change the field as the message says.',
  },
} as const satisfies Readonly<Record<string, MessageRow>>
