/** Who manages which fields: metadata.managedFields of updates and of server-side apply. */
import type { ApiError } from '../machinery/api-error.ts'
import { applyConflictError } from '../machinery/apply-conflicts.ts'
import { setOfPaths, type FieldSet } from '../machinery/field-set.ts'
import { timestampOf } from '../primitives/timestamp.ts'
import {
  applyConfiguration,
  trackUpdate as tracked,
  type FieldManager,
} from '../machinery/server-side-apply.ts'
import { fail, type Result } from '../primitives/result.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { ApiContext, ResourceTarget } from './api-context.ts'
import type { WriteOptions } from './write-options.ts'

const status: FieldSet = setOfPaths([['f:status']])
const allButStatus: FieldSet = setOfPaths([['f:spec'], ['f:metadata']])

/** What the endpoint ignores of a request: status on the main resource, all else on the status subresource. */
const resetFieldsOf = ({ kind, subresource }: ResourceTarget): { readonly resetFields?: FieldSet } => {
  if (subresource === 'status') return { resetFields: allButStatus }
  return kind.subresources.status && subresource === undefined ? { resetFields: status } : {}
}

const managerOf = (context: ApiContext, target: ResourceTarget, options: WriteOptions): FieldManager => ({
  manager: options.fieldManager,
  now: timestampOf(context.clock.now()),
  ...(target.subresource === undefined ? {} : { subresource: target.subresource }),
  ...resetFieldsOf(target),
  schema: target.kind.schema(target.version),
  library: context.schemaLibrary,
})

/** The object with the manager owning what it changed or added against `old` (undefined: a new object). */
export const trackUpdate = (
  context: ApiContext,
  target: ResourceTarget,
  change: { readonly object: KubeObject; readonly old?: KubeObject; readonly options: WriteOptions },
): KubeObject => tracked(change.old, change.object, managerOf(context, target, change.options))

/** The configuration merged into `old`, with its owners; 409 with every field that another manager owns, unless forced. */
export const appliedObject = (
  context: ApiContext,
  target: ResourceTarget,
  apply: {
    readonly config: KubeObject
    readonly old?: KubeObject
    readonly options: WriteOptions
    readonly force: boolean
  },
): Result<KubeObject, ApiError> => {
  const { config, old, options, force } = apply
  const applied = applyConfiguration(old, config, { ...managerOf(context, target, options), force })
  return applied.ok ? applied : fail(applyConflictError(applied.error))
}
