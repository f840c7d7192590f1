/** Collecting findings: one line per rule. */
import { invalid } from '../field-error.ts'
import type { FieldError } from '../kind.ts'
import type { JsonValue } from '../../primitives/json-value.ts'

export type Findings = readonly FieldError[]

/** The finding when the rule is broken. */
export const when = (broken: boolean, finding: FieldError): Findings => (broken ? [finding] : [])

/** A finding for a present value that a check complains about. */
export const checked = <T extends JsonValue>(
  field: string,
  value: T | undefined | null,
  check: (value: T) => string | undefined,
): Findings => {
  const problem = value === undefined || value === null ? undefined : check(value)
  return problem === undefined || value === undefined ? [] : [invalid(field, value, problem)]
}

/** Applies a validation to a part that may be absent. */
export const present = <T>(part: T | undefined | null, validate: (part: T) => Findings): Findings =>
  part === undefined || part === null ? [] : validate(part)
