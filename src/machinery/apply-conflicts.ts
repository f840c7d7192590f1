/** What stands against an apply, in Kubernetes' words. */
import type { ApiError, StatusCause } from './api-error.ts'
import { formatFieldPath } from './fields-v1.ts'
import type { Owner } from './managed-fields.ts'
import { applyConflict } from './status-errors.ts'

/** A field that another manager owns and the apply would change. */
export interface FieldConflict {
  readonly owner: Owner
  /** Path elements as in FieldsV1. */
  readonly path: readonly string[]
}

/** `"kubectl-edit" using apps/v1`, `"kubelet" with subresource "status" using v1 at 2026-01-01T00:00:00Z`. */
const describeOwner = ({ manager, operation, apiVersion, subresource }: Owner): string => {
  const name = subresource
    ? `${JSON.stringify(manager)} with subresource ${JSON.stringify(subresource)}`
    : JSON.stringify(manager)
  return operation === 'Update' ? `${name} using ${apiVersion}` : name
}

/** 409 with one cause `FieldManagerConflict` per field. */
export const applyConflictError = (conflicts: readonly FieldConflict[]): ApiError => {
  const causes = conflicts.map(({ owner, path }): StatusCause => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${describeOwner(owner)}`,
    field: formatFieldPath(path),
  }))
  return applyConflict(messageOf(causes), causes)
}

const messageOf = (causes: readonly StatusCause[]): string => {
  const [first] = causes
  if (causes.length === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: ${first.message}: ${first.field}`
  }
  const owners = [...new Set(causes.map(({ message }) => message))].toSorted()
  const lines = owners.flatMap((owner) => [
    `${owner.replace('conflict', 'conflicts')}:`,
    ...causes.filter(({ message }) => message === owner).map(({ field = '' }) => `- ${field}`),
  ])
  return `Apply failed with ${causes.length} conflicts: ${lines.join('\n')}`
}
