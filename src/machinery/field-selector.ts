/** Field selectors: the text of `?fieldSelector=`. */
import { isJsonObject, type JsonValue } from '../primitives/json-value.ts'
import { fail, ok, type Result } from '../primitives/result.ts'
import type { KubeObject } from '../resources/kube-object.ts'

export interface FieldRequirement {
  /** A path such as `status.phase`. */
  readonly field: string
  readonly equals: boolean
  readonly value: string
}

export type FieldSelector = readonly FieldRequirement[]

const always = ['metadata.name', 'metadata.namespace']

/** Parses `status.phase=Running,metadata.name!=x` against the fields that the kind allows beside name and namespace. */
export const parseFieldSelector = (
  text: string,
  allowed: readonly string[],
): Result<FieldSelector, string> => {
  const requirements: FieldRequirement[] = []
  for (const term of splitTerms(text)) {
    if (term === '') continue
    const match = /^((?:[^=!\\]|\\.|!(?!=))*?)(==|!=|=)(.*)$/s.exec(term)
    if (match === null) return fail(`invalid selector: '${text}'; can't understand '${term}'`)
    const [, field = '', operator, escaped = ''] = match
    const value = unescape(escaped)
    if (value === undefined) return fail(`invalid field selector: unescaped character in value: ${escaped}`)
    if (!always.includes(field) && !allowed.includes(field))
      return fail(`field label not supported: ${field}`)
    requirements.push({ field, equals: operator !== '!=', value })
  }
  return ok(requirements)
}

/** Splits at commas that no backslash escapes. */
const splitTerms = (text: string): readonly string[] => text.match(/(?:[^,\\]|\\.?)+/gs) ?? []

/** `\\`, `\,` and `\=` stand for themselves; a bare `,` or `=` or another escape is an error. */
const unescape = (value: string): string | undefined =>
  /^(?:[^\\,=]|\\[\\,=])*$/s.test(value) ? value.replaceAll(/\\([\\,=])/g, '$1') : undefined

export const formatFieldSelector = (selector: FieldSelector): string =>
  selector
    .map(
      ({ field, equals, value }) =>
        `${field}${equals ? '=' : '!='}${value.replaceAll(/[\\,=]/g, String.raw`\$&`)}`,
    )
    .join(',')

/** An absent field counts as the empty text. */
export const matchesFields = (selector: FieldSelector, object: KubeObject): boolean =>
  selector.every(({ field, equals, value }) => (textAt(object, field) === value) === equals)

const textAt = (object: KubeObject, path: string): string => {
  let current: unknown = object
  for (const step of path.split('.')) {
    current = isJsonObject(current) && Object.hasOwn(current, step) ? current[step] : undefined
  }
  return textOf(current)
}

const textOf = (value: unknown): string => {
  const scalar = value as JsonValue | undefined
  return typeof scalar === 'string' || typeof scalar === 'number' || typeof scalar === 'boolean'
    ? String(scalar)
    : ''
}
