/** Who manages which fields: metadata.managedFields of updates and of server-side apply. */
import type { KubeObject } from '../resources/kube-object.ts'
import type { ApiContext, ResourceTarget } from './api-context.ts'
import type { WriteOptions } from './write-options.ts'

export const trackUpdate = (
  _context: ApiContext,
  _target: ResourceTarget,
  change: { readonly object: KubeObject; readonly old?: KubeObject; readonly options: WriteOptions },
): KubeObject => change.object
