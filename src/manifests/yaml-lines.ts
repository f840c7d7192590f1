/** Lines of block YAML, as far as their indentation tells what belongs to what; for texts that the parser refuses. */

export interface YamlLine {
  /** Counts from 1 in the whole text. */
  readonly number: number
  readonly text: string
  /** Columns before the first character, counted from 0. */
  readonly indent: number
  /** The columns of the dashes before the content. */
  readonly dashes: readonly number[]
  /** Where the content begins, behind the dashes. */
  readonly content: number
  /** The key of `key: value`. */
  readonly key?: string
  /** What follows the key, or the whole content of a line without one; without its comment. */
  readonly value: string
}

const KEY = /^(?<key>"[^"]*"|'[^']*'|[^\s#"'[\]{}&*!|>%@`,](?:[^#:]|:(?=\S))*?)\s*:(?:\s+(?<value>.*))?$/
const BLOCK_SCALAR = /^[|>][-+0-9]*$/

const withoutComment = (text: string): string => text.replace(/(?:^|\s+)#.*$/, '').trimEnd()

const readLine = (text: string, number: number): YamlLine => {
  const indent = text.length - text.trimStart().length
  const dashes: number[] = []
  let content = indent
  for (let dash = /^-(?:\s+|$)/.exec(text.slice(content)); dash !== null;) {
    dashes.push(content)
    content += dash[0].length
    dash = /^-(?:\s+|$)/.exec(text.slice(content))
  }
  const rest = withoutComment(text.slice(content))
  const { key, value } = KEY.exec(rest)?.groups ?? {}
  return {
    number,
    text,
    indent,
    dashes,
    content,
    ...(key === undefined ? {} : { key }),
    value: key === undefined ? rest : (value ?? '').trim(),
  }
}

/** Brackets or a quote that the line opens and does not close: what follows is not told by indentation. */
const isOpenEnded = (value: string): boolean => {
  const [first] = value
  if (first === '"' || first === "'") return value.length < 2 || !value.endsWith(first)
  if (first !== '[' && first !== '{') return false
  return (value.match(/[[{]/g) ?? []).length > (value.match(/[\]}]/g) ?? []).length
}

/** The lines with content, up to one whose brackets or quotes go on; text blocks (`|`, `>`) are left out. */
export const readYamlLines = (texts: readonly string[], firstNumber: number): readonly YamlLine[] => {
  const lines: YamlLine[] = []
  let block: number | undefined
  for (const [index, text] of texts.entries()) {
    if (/^\s*(?:#.*)?$/.test(text) || /^(?:---|\.\.\.)(?:\s|$)/.test(text)) continue
    const line = readLine(text, firstNumber + index)
    if (block !== undefined && line.indent > block) continue
    block = undefined
    lines.push(line)
    if (isOpenEnded(line.value)) return lines
    if (BLOCK_SCALAR.test(line.value))
      block = line.key === undefined ? (line.dashes.at(-1) ?? 0) : line.content
  }
  return lines
}

/** The end of the block that begins at `start`: the index of the first later line that is indented no deeper. */
export const endOfBlock = (lines: readonly YamlLine[], start: number, indent: number): number => {
  const end = lines.findIndex((line, index) => index > start && line.indent <= indent)
  return end === -1 ? lines.length : end
}
