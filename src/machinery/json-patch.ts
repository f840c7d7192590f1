/** JSON patch (RFC 6902) with the words of the library that the Kubernetes API server uses. */
import { isJsonObject, type JsonObject, type JsonValue, jsonEqual } from '../primitives/json-value.ts'
import { fail, ok, type Result } from '../primitives/result.ts'
import { arrayIndex, childAt, parsePointer, valueAt, withoutProperty, withProperty } from './json-pointer.ts'
import { PatchAbort, type PatchFailure } from './patch-failure.ts'

/** Kubernetes refuses longer patches (413). */
export const maximumJsonPatchOperations = 10_000

/** Applies all operations or none. */
export const applyJsonPatch = (document: JsonValue, patch: JsonValue): Result<JsonValue, PatchFailure> => {
  try {
    if (!Array.isArray(patch)) throw malformed('a JSON patch is a list of operations: write [{"op": ...}]')
    const operations: readonly JsonValue[] = patch
    return ok(operations.reduce(applyOperation, document))
  } catch (thrown) {
    if (thrown instanceof PatchAbort) return fail(thrown.failure)
    throw thrown
  }
}

const malformed = (message: string): PatchAbort => new PatchAbort('malformed', message)
const inapplicable = (message: string): PatchAbort => new PatchAbort('inapplicable', message)

const applyOperation = (document: JsonValue, operation: JsonValue): JsonValue => {
  if (!isJsonObject(operation))
    throw malformed('each operation of a JSON patch is an object: write {"op": ...}')
  const path = textOf(operation, 'path')
  const op = operation['op']
  switch (op) {
    case 'add':
      return add(document, path, valueOf(operation, op))
    case 'remove':
      return remove(document, path, 'remove')
    case 'replace':
      return replace(document, path, valueOf(operation, op))
    case 'move': {
      const from = textOf(operation, 'from')
      if (path.startsWith(`${from}/`))
        throw inapplicable(`error in move for path: '${path}': it lies within from`)
      const moved = required(document, from, 'move')
      return add(remove(document, from, 'move'), path, moved)
    }
    case 'copy':
      return add(document, path, required(document, textOf(operation, 'from'), 'copy'))
    case 'test':
      return test(document, path, operation['value'] ?? null)
    default:
      throw inapplicable(`Unexpected kind: ${typeof op === 'string' ? op : 'unknown'}`)
  }
}

const textOf = (operation: JsonObject, field: 'path' | 'from'): string => {
  const text = operation[field]
  if (typeof text === 'string') return text
  throw inapplicable(
    field === 'path'
      ? 'operation missing path field: missing value'
      : 'operation, missing from field: missing value',
  )
}

const valueOf = (operation: JsonObject, op: string): JsonValue => {
  const value = operation['value']
  if (value === undefined) throw inapplicable(`${op} operation, missing value field: missing value`)
  return value
}

const tokensOf = (path: string, op: string): readonly string[] => {
  const tokens = parsePointer(path)
  if (tokens === undefined)
    throw inapplicable(`${op} operation does not apply: doc is missing path: "${path}": missing value`)
  return tokens
}

const required = (document: JsonValue, from: string, op: string): JsonValue => {
  const value = valueAt(document, tokensOf(from, op))
  if (value === undefined)
    throw inapplicable(`${op} operation does not apply: doc is missing from path: ${from}: missing value`)
  return value
}

type Change = (container: JsonValue, key: string) => JsonValue

/** Rebuilds the document with `change` done to the container of the last token. */
const changeAt = (
  document: JsonValue,
  tokens: readonly string[],
  change: Change,
  missing: PatchAbort,
): JsonValue => {
  const [token = '', ...rest] = tokens
  if (rest.length === 0) return change(document, token)
  const child = childAt(document, token)
  if (child === undefined) throw missing
  return setChild(document, token, changeAt(child, rest, change, missing))
}

const setChild = (container: JsonValue, key: string, value: JsonValue): JsonValue => {
  if (Array.isArray(container)) return (container as readonly JsonValue[]).with(Number(key), value)
  return isJsonObject(container) ? withProperty(container, key, value) : container
}

const add = (document: JsonValue, path: string, value: JsonValue): JsonValue => {
  const tokens = tokensOf(path, 'add')
  if (tokens.length === 0) return value
  const missing = inapplicable(`add operation does not apply: doc is missing path: "${path}": missing value`)
  const insert: Change = (container, key) => {
    if (isJsonObject(container)) return withProperty(container, key, value)
    if (!Array.isArray(container)) throw missing
    const items: readonly JsonValue[] = container
    return items.toSpliced(indexOf(key, items.length, `error in add for path: '${path}'`), 0, value)
  }
  return changeAt(document, tokens, insert, missing)
}

const remove = (document: JsonValue, path: string, op: 'remove' | 'move'): JsonValue => {
  const tokens = tokensOf(path, op)
  const missing = inapplicable(
    `remove operation does not apply: doc is missing path: "${path}": missing value`,
  )
  if (tokens.length === 0) throw missing
  const cut: Change = (container, key) => {
    if (isJsonObject(container)) {
      if (Object.hasOwn(container, key)) return withoutProperty(container, key)
      throw inapplicable(
        `error in remove for path: '${path}': Unable to remove nonexistent key: ${key}: missing value`,
      )
    }
    if (!Array.isArray(container)) throw missing
    const items: readonly JsonValue[] = container
    return items.toSpliced(indexOf(key, items.length - 1, `error in remove for path: '${path}'`), 1)
  }
  return changeAt(document, tokens, cut, missing)
}

const replace = (document: JsonValue, path: string, value: JsonValue): JsonValue => {
  const tokens = tokensOf(path, 'replace')
  if (tokens.length === 0) return value
  const put: Change = (container, key) => {
    if (key === '-' || childAt(container, key) === undefined) {
      throw inapplicable(`replace operation does not apply: doc is missing key: ${path}: missing value`)
    }
    return setChild(container, key, value)
  }
  const missing = inapplicable(
    `replace operation does not apply: doc is missing path: ${path}: missing value`,
  )
  return changeAt(document, tokens, put, missing)
}

const test = (document: JsonValue, path: string, expected: JsonValue): JsonValue => {
  const actual = valueAt(document, tokensOf(path, 'test'))
  // The library takes an absent value for null.
  if (jsonEqual(actual ?? null, expected)) return document
  throw inapplicable(`testing value ${path} failed: test failed`)
}

/** `last`: the highest index that fits. */
const indexOf = (token: string, last: number, context: string): number => {
  const index = arrayIndex(token, last)
  if (index === undefined) throw inapplicable(`${context}: value was not a proper array index: '${token}'`)
  if (index > last)
    throw inapplicable(`${context}: Unable to access invalid index: ${index}: invalid index referenced`)
  return index
}
