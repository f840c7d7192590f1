/** The text of `?labelSelector=` (apimachinery labels.Parse), with its words for what is wrong. */
import { fail, ok, type Result } from '../primitives/result.ts'
import { type LabelRequirement, meetsRequirement } from '../resources/meta/label-selector.ts'
import { labelValueProblem, qualifiedNameProblem } from '../resources/meta/name-syntax.ts'

/** All requirements must hold; none selects everything. */
export type LabelRequirements = readonly LabelRequirement[]

export const meetsAll = (
  requirements: LabelRequirements,
  labels: Readonly<Record<string, string>> | undefined,
): boolean => requirements.every((requirement) => meetsRequirement(requirement, labels))

interface Token {
  readonly type: 'word' | 'symbol' | 'end'
  readonly text: string
}

const lexeme = /\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)/y

const tokenize = (text: string): readonly Token[] => {
  const tokens: Token[] = []
  lexeme.lastIndex = 0
  for (let match = lexeme.exec(text); match !== null; match = lexeme.exec(text)) {
    const [, lexed = ''] = match
    tokens.push({ type: /^[=!(),<>]/.test(lexed) ? 'symbol' : 'word', text: lexed })
  }
  return [...tokens, { type: 'end', text: '' }]
}

class SelectorProblem extends Error {}

const end: Token = { type: 'end', text: '' }

/** One pass over the tokens; `next` moves on, `peek` does not. */
interface Cursor {
  readonly peek: () => Token
  readonly next: () => Token
}

const cursorOn = (tokens: readonly Token[]): Cursor => {
  let position = 0
  return {
    peek: () => tokens[position] ?? end,
    next: () => tokens[position++] ?? end,
  }
}

/** Parses `app=x,tier!=db,env in (a,b),!canary,weight>3`; the error is Kubernetes'. The empty text selects everything. */
export const parseLabelSelector = (text: string): Result<LabelRequirements, string> => {
  const cursor = cursorOn(tokenize(text))
  const requirements: LabelRequirement[] = []
  try {
    while (cursor.peek().type !== 'end') {
      const first = cursor.peek()
      if (first.type !== 'word' && first.text !== '!') {
        throw new SelectorProblem(`found '${first.text}', expected: !, identifier, or 'end of string'`)
      }
      requirements.push(parseRequirement(cursor))
      separator(cursor)
    }
    return ok(
      requirements.toSorted((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0)),
    )
  } catch (thrown) {
    if (thrown instanceof SelectorProblem) return fail(`unable to parse requirement: ${thrown.message}`)
    throw thrown
  }
}

const separator = (cursor: Cursor): void => {
  const token = cursor.next()
  if (token.type === 'end') return
  if (token.text !== ',') throw new SelectorProblem(`found '${token.text}', expected: ',' or 'end of string'`)
  const following = cursor.peek()
  if (following.type !== 'word' && following.text !== '!') {
    throw new SelectorProblem(`found '${following.text}', expected: identifier after ','`)
  }
}

const parseRequirement = (cursor: Cursor): LabelRequirement => {
  const negated = cursor.peek().text === '!'
  if (negated) cursor.next()
  const { type, text: key } = cursor.next()
  if (type !== 'word') throw new SelectorProblem(`found '${key}', expected: identifier`)
  const problem = qualifiedNameProblem(key)
  if (problem !== undefined)
    throw new SelectorProblem(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problem}`)
  const following = cursor.peek()
  if (negated) return { key, operator: 'DoesNotExist' }
  if (following.type === 'end' || following.text === ',') return { key, operator: 'Exists' }
  return withOperator(key, cursor.next().text, cursor)
}

const withOperator = (key: string, operator: string, cursor: Cursor): LabelRequirement => {
  switch (operator) {
    case '=':
    case '==':
      return { key, operator: 'In', values: [checkedValue(key, exactValue(cursor))] }
    case '!=':
      return { key, operator: 'NotIn', values: [checkedValue(key, exactValue(cursor))] }
    case 'in':
    case 'notin':
      return {
        key,
        operator: operator === 'in' ? 'In' : 'NotIn',
        values: valueSet(cursor).map((value) => checkedValue(key, value)),
      }
    case '>':
    case '<':
      return { key, operator: operator === '>' ? 'Gt' : 'Lt', values: [integerValue(exactValue(cursor))] }
    default:
      throw new SelectorProblem(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`)
  }
}

/** Nothing before a comma or the end is the empty value. */
const exactValue = (cursor: Cursor): string => {
  const token = cursor.peek()
  if (token.type === 'end' || token.text === ',') return ''
  if (token.type !== 'word') throw new SelectorProblem(`found '${token.text}', expected: identifier`)
  return cursor.next().text
}

const integerValue = (text: string): string => {
  if (/^[+-]?\d+$/.test(text)) return text
  throw new SelectorProblem(
    `values[0]: Invalid value: ${JSON.stringify(text)}: for 'Gt', 'Lt' operators, the value must be an integer`,
  )
}

const valueSet = (cursor: Cursor): readonly string[] => {
  const open = cursor.next()
  if (open.text !== '(') throw new SelectorProblem(`found '${open.text}' expected: '('`)
  const values = new Set<string>()
  for (;;) {
    const token = cursor.peek()
    if (token.type === 'word') values.add(cursor.next().text)
    else if (token.text === ',' || token.text === ')') values.add('')
    else throw new SelectorProblem(`found '${token.text}', expected: ',', ')' or identifier`)
    const following = cursor.next()
    if (following.text === ')') return [...values].toSorted()
    if (following.text !== ',') throw new SelectorProblem(`found '${following.text}', expected: ',' or ')'`)
  }
}

const checkedValue = (key: string, value: string): string => {
  const problem = labelValueProblem(value)
  if (problem === undefined) return value
  throw new SelectorProblem(`values[0][${key}]: Invalid value: ${JSON.stringify(value)}: ${problem}`)
}
