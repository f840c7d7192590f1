/** Kubernetes' defaults of claims and of templates of them. */
import { fill, mapField } from '../fill-defaults.ts'
import type { PersistentVolumeClaim } from './persistent-volume-claim.ts'

export const withClaimDefaults = (claim: PersistentVolumeClaim): PersistentVolumeClaim =>
  mapField(
    mapField(fill(claim, { status: { phase: 'Pending' } }), 'spec', (spec) =>
      fill(spec, { volumeMode: 'Filesystem' }),
    ),
    'status',
    (status) => fill(status, { phase: 'Pending' }),
  )
