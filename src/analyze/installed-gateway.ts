/** The ingress gateway that an installation brings: files leave it out, as istioctl knows when it reads files alone. */
import type { ObjectSet } from './object-set.ts'
import { selects } from './selector.ts'
import type { Labels } from './selector.ts'

const LABELS: Labels = { istio: 'ingressgateway' }

/**
 * True where a selector means the gateway that is not among the files, with ports that they do not tell; in a whole cluster
 * it is there or it is not.
 */
export const meansInstalledGateway = (set: ObjectSet, selector: Labels): boolean =>
  !set.isComplete && selects(selector, LABELS)
