/** What kubectl refuses of documents that are YAML: values that JSON cannot carry, and tabs before the text of a line. */
import { isAlias, isCollection, isPair, isScalar, visit } from 'yaml'
import type { Alias, Document, Pair, ParsedNode } from 'yaml'

export interface DocumentFault {
  /** From the beginning of the text. */
  readonly offset: number
  readonly code: 'BAD_ALIAS' | 'TAB_AS_INDENT' | 'IMPOSSIBLE'
  readonly message: string
}

type Parsed = Document.Parsed<ParsedNode>

const startOf = (node: { readonly range?: readonly number[] | null | undefined }): number =>
  node.range?.[0] ?? 0

/** An alias within what its anchor names has no end. */
const selfAlias = (alias: Alias, document: Parsed): DocumentFault | undefined => {
  const anchored = alias.resolve(document)
  const at = startOf(alias)
  const [from, to] = isCollection(anchored) ? (anchored.range ?? []) : []
  return from === undefined || to === undefined || at < from || at >= to
    ? undefined
    : {
        offset: at,
        code: 'BAD_ALIAS',
        message: `anchor \`${alias.source}\` contains itself; write what is meant in the place of *${alias.source}`,
      }
}

const keyFault = ({ key }: Pair, document: Parsed): DocumentFault | undefined => {
  const node = isAlias(key) ? key.resolve(document) : key
  if (isScalar(node) && node.value !== null) return undefined
  const offset = isAlias(key) || isScalar(key) || isCollection(key) ? startOf(key) : 0
  return {
    offset,
    code: 'IMPOSSIBLE',
    message: isCollection(node)
      ? 'a key must be text, not a list or an object; put it in quotes'
      : 'a key must be text; write it before the colon, or put it in quotes',
  }
}

/** Infinity and NaN are numbers in YAML, but not in JSON. */
const numberFault = (value: unknown, offset: number): DocumentFault | undefined =>
  typeof value === 'number' && !Number.isFinite(value)
    ? { offset, code: 'IMPOSSIBLE', message: `${value} is no number in JSON; put it in quotes if it is text` }
    : undefined

interface Found {
  readonly fault: DocumentFault | undefined
  /** Where each scalar begins and ends. */
  readonly scalars: readonly (readonly [number, number])[]
}

const lookThrough = (document: Parsed): Found => {
  const scalars: [number, number][] = []
  let fault: DocumentFault | undefined
  visit(document, (_key, node) => {
    if (isPair(node)) fault ??= keyFault(node, document)
    else if (isAlias(node)) fault ??= selfAlias(node, document)
    else if (isScalar(node)) {
      fault ??= numberFault(node.value, startOf(node))
      const [from, to] = node.range ?? []
      if (from !== undefined && to !== undefined && to > from) scalars.push([from, to])
    }
    return fault === undefined ? undefined : visit.BREAK
  })
  return { fault, scalars }
}

/** Before the text of a line, and behind the dash of a list's item. */
const TAB = /^ *(?:- +)*-?(?<tab>\t)/gm

const tabFault = (
  text: string,
  [start, end]: readonly [number, number],
  { scalars }: Found,
): DocumentFault | undefined => {
  for (const match of text.slice(start, end).matchAll(TAB)) {
    const offset = start + match.index + match[0].length - 1
    if (!scalars.some(([from, to]) => offset >= from && offset < to)) {
      return {
        offset,
        code: 'TAB_AS_INDENT',
        message: 'a tab stands where YAML wants spaces: write spaces instead',
      }
    }
  }
  return undefined
}

/** The first fault of a document that the parser has taken; `from`: where in the text the one before it ended. */
export const findDocumentFault = (
  text: string,
  document: Parsed,
  from: number,
): DocumentFault | undefined => {
  const found = lookThrough(document)
  return found.fault ?? (text.includes('\t') ? tabFault(text, [from, document.range[2]], found) : undefined)
}

// eslint-disable-next-line no-control-regex -- those that YAML 1.2, section 5.1, leaves out.
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u0084\u0086-\u009F\uFFFE\uFFFF]/

/** A control character anywhere in a text, be it in a comment: no parser goes on from there. */
export const findControlCharacter = (text: string): DocumentFault | undefined => {
  const offset = text.search(CONTROL)
  if (offset === -1) return undefined
  const code = (text.codePointAt(offset) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return {
    offset,
    code: 'IMPOSSIBLE',
    message: `control characters are not allowed: remove U+${code}, or write "\\u${code}" in double quotes`,
  }
}
