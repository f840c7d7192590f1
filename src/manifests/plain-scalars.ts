/** Scalars of plain YAML on one line: those alone whose meaning is beyond doubt. */
import type { JsonObject, JsonValue } from '../primitives/json-value.ts'

/** The text is not plain: the full parser reads it. */
export const NOT_PLAIN = Symbol('not plain')

export type Plain<T> = T | typeof NOT_PLAIN

/** Words that are no text in YAML 1.1 or 1.2, in some spelling. */
const SPECIAL = /^(?:true|false|null|yes|no|on|off|y|n)$/i
/** What may be a number in some spelling. */
const NUMBER_LIKE = /^[-+.~0-9][-+.~0-9a-fA-FxXoO_:]*$|inf$|nan$/i
const INTEGER = /^(?:0|-?[1-9]\d{0,14})$/
const DECIMAL = /^\d{1,12}\.\d{1,9}$/
/** Begins with no indicator, and has none inside. */
const TEXT = /^(?:[A-Za-z0-9_./~+$(]|-(?=[^\s-]))/

const resolveWord = (word: string): Plain<JsonValue> => {
  switch (word) {
    case 'true':
      return true
    case 'false':
      return false
    case 'null':
    case '~':
      return null
    default:
      return SPECIAL.test(word) ? NOT_PLAIN : word
  }
}

/** A plain scalar without its comment. `isFlow`: within brackets. */
export const plainScalar = (text: string, isFlow: boolean): Plain<JsonValue> => {
  if (INTEGER.test(text) || DECIMAL.test(text)) return Number(text)
  if (text === '~') return null
  if (!TEXT.test(text) || NUMBER_LIKE.test(text)) return NOT_PLAIN
  if (text.includes(': ') || text.includes(' #') || text.endsWith(':')) return NOT_PLAIN
  return isFlow && /[[\]{},]/.test(text) ? NOT_PLAIN : resolveWord(text)
}

const QUOTED = /^(?:"(?<double>[^"\\]*)"|'(?<single>[^']*)')/
const KEY = /^(?<key>[A-Za-z_][\w./-]*):(?=\s|$)\s*/

interface Read {
  readonly value: JsonValue
  /** Where the rest begins. */
  readonly end: number
}

/** A key that is text; undefined for all others. */
export const keyOf = (text: string): { readonly key: string; readonly end: number } | undefined => {
  const match = KEY.exec(text)
  const key = match?.groups?.['key']
  return match === null || key === undefined || SPECIAL.test(key) || key === '__proto__'
    ? undefined
    : { key, end: match[0].length }
}

const skip = (text: string, at: number): number => {
  let end = at
  while (text[end] === ' ') end += 1
  return end
}

const MOST_DEPTH = 20

const readItems = (
  text: string,
  start: number,
  close: string,
  readItem: (at: number) => number | undefined,
): number | undefined => {
  let at = skip(text, start)
  if (text[at] === close) return at + 1
  for (;;) {
    const end = readItem(at)
    if (end === undefined) return undefined
    at = skip(text, end)
    if (text[at] === close) return at + 1
    if (text[at] !== ',') return undefined
    at = skip(text, at + 1)
    // A comma before the end is allowed in YAML; it is rare.
    if (text[at] === close) return undefined
  }
}

const readList = (text: string, start: number, depth: number): Read | undefined => {
  const list: JsonValue[] = []
  const end = readItems(text, start + 1, ']', (at) => {
    const item = readFlow(text, at, depth + 1)
    if (item !== undefined) list.push(item.value)
    return item?.end
  })
  return end === undefined ? undefined : { value: list, end }
}

const readMap = (text: string, start: number, depth: number): Read | undefined => {
  const map: Record<string, JsonValue> = {}
  const end = readItems(text, start + 1, '}', (at) => {
    const key = keyOf(text.slice(at))
    if (key === undefined || Object.hasOwn(map, key.key)) return undefined
    const value = readFlow(text, at + key.end, depth + 1)
    if (value !== undefined) map[key.key] = value.value
    return value?.end
  })
  const value: JsonObject = map
  return end === undefined ? undefined : { value, end }
}

/** A value within brackets, or a quoted one. */
const readFlow = (text: string, at: number, depth = 0): Read | undefined => {
  if (depth > MOST_DEPTH) return undefined
  const first = text[at]
  if (first === '[') return readList(text, at, depth)
  if (first === '{') return readMap(text, at, depth)
  const quoted = QUOTED.exec(text.slice(at))
  if (quoted !== null) {
    const { double, single = '' } = quoted.groups ?? {}
    return { value: double ?? single, end: at + quoted[0].length }
  }
  if (depth === 0) return undefined
  const word = /^[^,[\]{}#"']*/.exec(text.slice(at))?.[0] ?? ''
  const value = plainScalar(word.trimEnd(), true)
  return value === NOT_PLAIN || word.trim() === '' ? undefined : { value, end: at + word.length }
}

const withoutComment = (text: string): string => {
  const comment = text.search(/(?:^|\s)#/)
  return (comment === -1 ? text : text.slice(0, comment)).trimEnd()
}

/** What stands behind a key or a dash; undefined for nothing. */
export const lineValue = (text: string): Plain<JsonValue> | undefined => {
  const [first = ''] = text
  if ('"\'[{'.includes(first) && first !== '') {
    const read = readFlow(text, 0)
    if (read === undefined) return NOT_PLAIN
    return /^\s*(?:\s#.*)?$/.test(text.slice(read.end)) ? read.value : NOT_PLAIN
  }
  const bare = withoutComment(text)
  return bare === '' ? undefined : plainScalar(bare, false)
}
