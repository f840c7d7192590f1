/** Where the numbers of the `scale` subresource live. */
import type { Subresources } from '../kind.ts'

/** The selector is an object here (a string in CustomResourceDefinitions): print it with formatLabelSelector. */
export const scaleSubresource: NonNullable<Subresources['scale']> = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.spec.selector',
}
