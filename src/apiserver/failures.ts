/** Failures of this server that machinery/status-errors.ts does not have: admission's refusals. */
import type { FailureStatus, StatusCause } from '../machinery/api-error.ts'
import { qualifiedResource } from '../machinery/status-errors.ts'
import type { FieldError, Kind } from '../resources/kind.ts'

/** 403 by admission, e.g. for a namespace that is being terminated. */
export const forbiddenBecause = (
  kind: Kind,
  name: string,
  why: string,
  causes: readonly StatusCause[],
): FailureStatus => ({
  code: 403,
  reason: 'Forbidden',
  message: `${qualifiedResource(kind)} ${JSON.stringify(name)} is forbidden: ${why}`,
  details: { name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.plural, causes },
})

// Istio joins several findings as hashicorp's multierror prints them.
const istioErrors = (errors: readonly FieldError[]): string => {
  const texts = errors.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`))
  return texts.length === 1
    ? (texts[0] ?? '')
    : `${texts.length} errors occurred:\n${texts.map((text) => `\t* ${text}\n`).join('')}\n`
}

/** What Istio's validation webhook answers, in its words. */
export const deniedByIstio = (errors: readonly FieldError[]): FailureStatus => ({
  code: 400,
  reason: 'BadRequest',
  message: `admission webhook "validation.istio.io" denied the request: configuration is invalid: ${istioErrors(errors)}`,
})
