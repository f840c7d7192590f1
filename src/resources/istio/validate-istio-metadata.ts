/** Metadata of Istio's objects, with the annotations that Istio refuses. */
import { forbidden } from '../field-error.ts'
import type { KubeObject } from '../kube-object.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import { when } from './when.ts'
import type { Findings } from './when.ts'

const DRY_RUN = 'istio.io/dry-run'
const ALWAYS_REJECT = 'internal.istio.io/webhook-always-reject'

export const validateIstioMetadata = (object: KubeObject): Findings => [
  ...validateMetadata(object),
  ...when(
    object.metadata.annotations?.[DRY_RUN] !== undefined,
    forbidden(
      `metadata.annotations[${DRY_RUN}]`,
      `${object.kind} has no dry run; only AuthorizationPolicy has: remove the annotation`,
    ),
  ),
  ...when(
    object.metadata.annotations?.[ALWAYS_REJECT] !== undefined,
    forbidden(`metadata.annotations[${ALWAYS_REJECT}]`, 'annotation found, rejecting'),
  ),
]
