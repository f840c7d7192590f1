/** Metadata of Istio's objects, with the annotations that Istio refuses. */
import { forbidden } from '../field-error.ts'
import type { KubeObject } from '../kube-object.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import { when } from './when.ts'
import type { Findings } from './when.ts'

const DRY_RUN = 'istio.io/dry-run'

/** Annotations that istiod alone writes. */
const INTERNAL: readonly (readonly [annotation: string, reason: string])[] = [
  ['internal.istio.io/webhook-always-reject', 'annotation found, rejecting'],
  ['internal.istio.io/parent-namespace', 'annotation found, this may not be set by users'],
  ['internal.istio.io/parents', 'annotation found, this may not be set by users'],
]

/** `hasDryRun`: the kind knows the annotation `istio.io/dry-run`. */
export const validateIstioMetadata = (object: KubeObject, hasDryRun = false): Findings => {
  const { annotations = {} } = object.metadata
  return [
    ...validateMetadata(object),
    ...when(
      !hasDryRun && annotations[DRY_RUN] !== undefined,
      forbidden(
        `metadata.annotations[${DRY_RUN}]`,
        `${object.kind} has no dry run; only AuthorizationPolicy has: remove the annotation`,
      ),
    ),
    ...INTERNAL.flatMap(([annotation, reason]) =>
      when(annotations[annotation] !== undefined, forbidden(`metadata.annotations[${annotation}]`, reason)),
    ),
  ]
}
