/** The query parameters that all writes share: dryRun, fieldManager, fieldValidation, and warnings to send back. */
import type { ApiRequest } from './api-request.ts'
import { refuse } from './api-request.ts'
import { badRequest } from '../machinery/status-errors.ts'

export interface WriteOptions {
  readonly dryRun: boolean
  readonly fieldManager: string
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore'
  /** Warnings for the client, collected on the way. */
  readonly warnings: Set<string>
}

// As Kubernetes: the part of the user agent before the slash, cut to the limit of a manager's name.
const managerFromAgent = (userAgent: string | undefined): string => {
  const name = (userAgent ?? '').split('/')[0]?.slice(0, 128) ?? ''
  return name === '' ? 'unknown' : name
}

/** Reads them; throws the ApiError 400 for values that Kubernetes does not know. */
export const writeOptionsOf = (request: ApiRequest): WriteOptions => {
  const { query, headers } = request
  const dryRun = query.get('dryRun') ?? ''
  if (dryRun !== '' && dryRun !== 'All') {
    refuse(badRequest(`dryRun: Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`))
  }
  const fieldManager = query.get('fieldManager') ?? ''
  if (fieldManager.length > 128) refuse(badRequest('fieldManager: Too long: may not be more than 128 bytes'))
  const validation = query.get('fieldValidation') ?? ''
  if (validation !== '' && validation !== 'Strict' && validation !== 'Warn' && validation !== 'Ignore') {
    return refuse(
      badRequest(
        `fieldValidation: Unsupported value: ${JSON.stringify(validation)}: supported values: "Ignore", "Strict", "Warn"`,
      ),
    )
  }
  return {
    dryRun: dryRun === 'All',
    fieldManager: fieldManager === '' ? managerFromAgent(headers['user-agent']) : fieldManager,
    fieldValidation: validation === '' ? 'Warn' : validation,
    warnings: new Set(),
  }
}
