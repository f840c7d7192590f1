/** Who manages which fields: metadata.managedFields of updates and of server-side apply. */
import type { FailureStatus } from '../machinery/api-error.ts'
import type { Result } from '../primitives/result.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { ApiContext, ResourceTarget } from './api-context.ts'
import type { WriteOptions } from './write-options.ts'

export const trackUpdate = (
  _context: ApiContext,
  _target: ResourceTarget,
  change: { readonly object: KubeObject; readonly old?: KubeObject; readonly options: WriteOptions },
): KubeObject => change.object

export const appliedObject = (
  _context: ApiContext,
  _target: ResourceTarget,
  apply: { readonly config: KubeObject; readonly old?: KubeObject; readonly options: WriteOptions; readonly force: boolean },
): Result<KubeObject, FailureStatus> => ({ ok: true, value: apply.config })
