/** The query parameters of lists: limit, resourceVersion and its match (apimachinery ValidateListOptions). */
import { badRequest, invalid, resourceVersionInFuture } from '../machinery/status-errors.ts'
import { forbidden, notSupported } from '../resources/field-error.ts'
import type { ApiContext } from './api-context.ts'
import { refuse } from './api-request.ts'

/** A resourceVersion parameter: undefined when absent or 0 (any); throws 400 for what is no number. */
export const requestedRevision = (query: URLSearchParams): number | undefined => {
  const text = query.get('resourceVersion') ?? ''
  if (text === '' || text === '0') return undefined
  return /^\d{1,15}$/.test(text)
    ? Number(text)
    : refuse(
        badRequest(
          `resourceVersion: Invalid value: ${JSON.stringify(text)}: it is not a number of this server`,
        ),
      )
}

export const limitOf = (query: URLSearchParams): number | undefined => {
  const text = query.get('limit') ?? ''
  if (text === '' || text === '0') return undefined
  return /^\d{1,9}$/.test(text)
    ? Number(text)
    : refuse(
        badRequest(`limit: Invalid value: ${JSON.stringify(text)}: must be a number that is not negative`),
      )
}

const optionsInvalid = (field: string, why: string): never =>
  refuse(invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [forbidden(field, why)]))

const checkMatch = (match: string, query: URLSearchParams): void => {
  const field = 'resourceVersionMatch'
  const revision = query.get('resourceVersion') ?? ''
  if ((query.get('continue') ?? '') !== '') {
    optionsInvalid(field, 'resourceVersionMatch is forbidden when continue is provided')
  }
  if (revision === '') {
    optionsInvalid(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided')
  }
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    const error = notSupported(field, match, ['Exact', 'NotOlderThan', ''])
    refuse(invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [error]))
  }
  if (match === 'Exact' && revision === '0') {
    optionsInvalid(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
  }
}

/** Which revision the list shows: undefined for the newest; throws for parameters that contradict each other. */
export const exactRevision = (context: ApiContext, query: URLSearchParams): number | undefined => {
  const asked = requestedRevision(query)
  const match = query.get('resourceVersionMatch') ?? ''
  if (query.has('sendInitialEvents')) {
    optionsInvalid('sendInitialEvents', 'sendInitialEvents is forbidden for list')
  }
  if (match !== '') checkMatch(match, query)
  const current = context.store.revision()
  if (asked === undefined) return undefined
  if (asked > current) refuse(resourceVersionInFuture(asked, current))
  return match === 'Exact' ? asked : undefined
}
