/** Where a cursor stands within `{…}` or `[…]`, which may be unfinished while it is typed. */

/** A map or list that is open at the cursor. */
export interface FlowFrame {
  readonly kind: 'map' | 'list'
  /** Of a map: the key whose value is at the cursor; undefined while the key itself is typed. */
  readonly key: string | undefined
  /** Of a list: how many items stand before. */
  readonly index: number
  /** Of a map: its fields, with their values where those are texts. */
  readonly fields: ReadonlyMap<string, string>
}

export interface FlowPosition {
  /** The offset of the outermost bracket. */
  readonly start: number
  /** The outermost first. */
  readonly frames: readonly FlowFrame[]
  /** The word that is typed, without its quote. */
  readonly typed: string
}

interface OpenFrame {
  readonly kind: 'map' | 'list'
  readonly fields: Map<string, string>
  key: string | undefined
  index: number
  /** The characters of the key or value that is being read. */
  word: string
}

interface Scan {
  readonly frames: OpenFrame[]
  /** The quote that is open. */
  quote: string | undefined
}

const opened = (kind: OpenFrame['kind']): OpenFrame => ({
  kind,
  fields: new Map(),
  key: undefined,
  index: 0,
  word: '',
})

const endItem = (frame: OpenFrame): void => {
  if (frame.kind === 'map' && frame.key !== undefined) frame.fields.set(frame.key, frame.word.trim())
  frame.key = undefined
  frame.word = ''
  frame.index += 1
}

/** A colon ends a key where a space, a bracket or the end of the line follows, or a quote went before. */
const endsKey = (text: string, at: number): boolean =>
  /^(?:$|[\s{[,}\]])/.test(text.slice(at + 1, at + 2)) || /["']/.test(text[at - 1] ?? '')

const readQuoted = (scan: Scan, frame: OpenFrame, character: string): void => {
  if (character === scan.quote) scan.quote = undefined
  else frame.word += character
}

/** A quote within a word is part of it. */
const readQuote = (scan: Scan, frame: OpenFrame, character: string): void => {
  if (frame.word.trim() === '') scan.quote = character
  else frame.word += character
}

const endKey = (frame: OpenFrame): void => {
  frame.key = frame.word.trim()
  frame.word = ''
}

/** Takes one character; false when the outermost bracket has been closed. */
const step = (scan: Scan, text: string, at: number): boolean => {
  const character = text[at] ?? ''
  const frame = scan.frames.at(-1)
  if (frame === undefined) return false
  if (scan.quote !== undefined) {
    readQuoted(scan, frame, character)
    return true
  }
  switch (character) {
    case '"':
    case "'":
      readQuote(scan, frame, character)
      return true
    case '{':
    case '[':
      scan.frames.push(opened(character === '{' ? 'map' : 'list'))
      return true
    case '}':
    case ']':
      endItem(frame)
      scan.frames.pop()
      return scan.frames.length > 0
    case ',':
      endItem(frame)
      return true
    default:
      if (character === ':' && frame.key === undefined && endsKey(text, at)) endKey(frame)
      else frame.word += character
      return true
  }
}

const COMMENT = /(?:^|\s)#/

/** A bracket opens a collection where a value begins: after a dash, or after a key and its colon. */
const OPENING = /^\s*(?:-\s+)*(?:(?:"[^"]*"|'[^']*'|[^\s:#{[][^:#]*):\s+)?(?=[{[])/

interface Opening {
  readonly start: number
  readonly scan: Scan
}

const openAt = (text: string, lineStart: number, end: number): Opening | undefined => {
  const lineEnd = text.indexOf('\n', lineStart)
  const line = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd)
  const lead = OPENING.exec(line)?.[0]
  const start = lineStart + (lead?.length ?? 0)
  if (lead === undefined || start >= end) return undefined
  return { start, scan: { frames: [opened(text[start] === '{' ? 'map' : 'list')], quote: undefined } }
}

/** The fields that stand behind the cursor count too: what is typed is for the same map. */
const readRest = (scan: Scan, text: string, from: number): void => {
  const depth = scan.frames.length
  for (let at = from; at < text.length && scan.frames.length >= depth; at += 1) {
    if (!step(scan, text, at)) return
  }
}

const positionIn = ({ start, scan }: Opening, text: string, end: number): FlowPosition => {
  const open = [...scan.frames]
  const typed = (open.at(-1)?.word ?? '').trimStart()
  const frames = open.map(({ kind, key, index, fields }) => ({ kind, key, index, fields }))
  readRest(scan, text, end)
  return { start, frames, typed }
}

/** The brackets around an offset of a document; undefined outside of any, and in comments. */
export const flowAt = (text: string, end: number): FlowPosition | undefined => {
  let lineStart = 0
  while (lineStart <= end) {
    const opening = openAt(text, lineStart, end)
    let at = lineStart
    if (opening !== undefined) {
      at = opening.start + 1
      let isOpen = true
      while (at < end && isOpen) {
        isOpen = step(opening.scan, text, at)
        at += 1
      }
      if (isOpen) {
        const line = text.slice(text.lastIndexOf('\n', end - 1) + 1, end)
        return COMMENT.test(line) && opening.scan.quote === undefined
          ? undefined
          : positionIn(opening, text, end)
      }
    }
    const next = text.indexOf('\n', at)
    if (next === -1 || next >= end) return undefined
    lineStart = next + 1
  }
  return undefined
}
