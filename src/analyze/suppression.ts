/** Findings that a user does not want to hear: by flag `CODE=Kind name.namespace`, or by annotation on the object. */
import { fail, ok } from '../primitives/result.ts'
import type { Result } from '../primitives/result.ts'
import { originOf } from './finding.ts'
import type { Finding } from './finding.ts'

export interface Suppression {
  /** A code of the catalogue, or `*`. */
  readonly code: string
  /** `Kind name`, `Kind name.namespace` or `Kind namespace/name`, with `*` for any characters. */
  readonly resource: string
}

const ANNOTATION = 'galley.istio.io/analyze-suppress'

/** `IST0102=Namespace frod`, as istioctl takes it. */
export const parseSuppression = (text: string): Result<Suppression, string> => {
  const equals = text.indexOf('=')
  const code = text.slice(0, Math.max(equals, 0))
  const resource = text.slice(equals + 1)
  return equals === -1 || code === '' || resource === ''
    ? fail(
        `${JSON.stringify(text)} is not a valid suppression; write CODE=RESOURCE, e.g. "IST0102=Namespace default"`,
      )
    : ok({ code, resource })
}

const matchesPattern = (pattern: string, text: string): boolean => {
  const expression = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*')
  return new RegExp(`^${expression}$`, 'su').test(text)
}

/** The names under which an object can be suppressed. */
const namesOf = ({ subject }: Finding): readonly string[] => {
  const { kind, name, namespace } = subject
  return [
    originOf(subject),
    ...(namespace === ''
      ? [`${kind} ${name}`]
      : [`${kind} ${name}.${namespace}`, `${kind} ${namespace}/${name}`]),
  ]
}

export const isSuppressed = (found: Finding, suppressions: readonly Suppression[]): boolean => {
  const annotated = (found.subject.annotations[ANNOTATION] ?? '').split(',').map((code) => code.trim())
  if (annotated.includes('*') || annotated.includes(found.code)) return true
  return suppressions.some(
    ({ code, resource }) =>
      (code === '*' || code.toUpperCase() === found.code) &&
      namesOf(found).some((name) => matchesPattern(resource, name)),
  )
}
