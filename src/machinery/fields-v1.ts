/** FieldsV1, the form of field sets in `metadata.managedFields`, and paths as messages show them. */
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import { emptySet, type FieldSet, fieldSet } from './field-set.ts'

/** Text with the keys of objects in order, so that equal values have equal path elements. */
export const canonicalText = (value: JsonValue): string => {
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(canonicalText).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonicalText(each)}`).join(',')}}`
}

export const fieldElement = (name: string): string => `f:${name}`
export const keyElement = (key: JsonObject): string => `k:${canonicalText(key)}`
export const valueElement = (value: JsonValue): string => `v:${canonicalText(value)}`

/** Members without children are `{}`; a member with children has the extra child `.`. */
export const encodeFieldsV1 = (set: FieldSet): JsonObject => {
  const children = [...set.children].toSorted(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries([
    ...(set.member && children.length > 0 ? [['.', {}] as const] : []),
    ...children.map(([name, child]) => [name, encodeFieldsV1(child)] as const),
  ])
}

/** Total: what is no object counts as empty; path elements are put in canonical form. */
export const decodeFieldsV1 = (fields: JsonObject): FieldSet => {
  const children = Object.entries(fields)
    .filter(([name]) => name !== '.')
    .map(([name, below]) => [canonicalElement(name), decodeNode(below)] as const)
  return fieldSet(Object.hasOwn(fields, '.'), children)
}

const decodeNode = (below: JsonValue): FieldSet => {
  if (!isJsonObject(below)) return emptySet
  return Object.keys(below).length === 0 ? { ...emptySet, member: true } : decodeFieldsV1(below)
}

const canonicalElement = (name: string): string => {
  if (!name.startsWith('k:') && !name.startsWith('v:')) return name
  try {
    const parsed: JsonValue = JSON.parse(name.slice(2))
    return name.slice(0, 2) + canonicalText(parsed)
  } catch {
    return name
  }
}

/** `.spec.template.spec.containers[name="app"].image`. */
export const formatFieldPath = (path: readonly string[]): string => path.map(formatElement).join('')

const formatElement = (element: string): string => {
  const text = element.slice(2)
  switch (element.slice(0, 2)) {
    case 'f:':
      return `.${text}`
    case 'v:':
      return `[=${text}]`
    case 'k:':
      return `[${keyText(text)}]`
    default:
      return `[${text}]`
  }
}

const keyText = (text: string): string => {
  const key: JsonValue = JSON.parse(text)
  if (!isJsonObject(key)) return text
  return Object.entries(key)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')
}
