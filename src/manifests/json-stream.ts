/** JSON as kubectl reads it: one object, or several one after another, as `jq -c '.items[]'` writes them. */

const STRING = /"(?:[^"\\]|\\.)*"/sy

/** Where the string that begins at `start` ends. */
const endOfString = (text: string, start: number): number | undefined => {
  STRING.lastIndex = start
  return STRING.test(text) ? STRING.lastIndex : undefined
}

/** Where the object that begins at `start` ends; undefined where it does not. */
const endOfObject = (text: string, start: number): number | undefined => {
  let depth = 0
  for (let at = start; at < text.length;) {
    const character = text[at] ?? ''
    const next = character === '"' ? endOfString(text, at) : at + 1
    if (next === undefined) return undefined
    if ('{['.includes(character)) depth += 1
    if ('}]'.includes(character)) depth -= 1
    if (depth === 0) return next
    at = next
  }
  return undefined
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const nextText = (text: string, from: number): number => {
  let at = from
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at += 1
  return at
}

/** Blank lines and columns as many as there are before `at`. */
const blanksBefore = (text: string, at: number): string => {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1
  let lines = 0
  for (let end = text.indexOf('\n'); end !== -1 && end < at; end = text.indexOf('\n', end + 1)) lines += 1
  return '\n'.repeat(lines) + ' '.repeat(at - lineStart)
}

/**
 * The objects of a text of JSON, each behind as many blank lines and columns as there are before it and with blanks for
 * tabs, so that a reader of YAML takes it and places stay right. Undefined for all other texts.
 */
export const splitJson = (text: string): readonly string[] | undefined => {
  const parts: string[] = []
  for (let at = nextText(text, 0); at < text.length;) {
    const end = text[at] === '{' ? endOfObject(text, at) : undefined
    if (end === undefined) return undefined
    const object = text.slice(at, end)
    if (!isJson(object)) return undefined
    parts.push(blanksBefore(text, at) + object.replaceAll('\t', ' '))
    at = nextText(text, end)
  }
  return parts.length === 0 ? undefined : parts
}
