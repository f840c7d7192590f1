/** As much of CEL's syntax as shows slips: brackets that close, texts that end, operators with operands. */
const CLOSING: ReadonlyMap<string, string> = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
])

/** Texts are `"…"` or `'…'` with backslash escapes: replaced by one word. */
const withoutTexts = (expression: string): string =>
  expression.replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, 'text')

const DANGLING =
  /(?:^|[([{,])\s*(?:&&|\|\||==|!=|<=|>=|[<>*/%.?:])|(?:&&|\|\||==|!=|<=|>=|[<>+\-*/%.?:!])\s*(?:$|[)\]},])/

/** What is wrong with the syntax of an expression; undefined when nothing was found. */
export const bracketProblem = (expression: string): string | undefined => {
  const text = withoutTexts(expression)
  if (/["']/.test(text)) return 'must be a valid CEL expression: a text does not end'
  const open: string[] = []
  for (const character of text) {
    const opening = CLOSING.get(character)
    if ('([{'.includes(character)) open.push(character)
    else if (opening !== undefined && open.pop() !== opening) {
      return `must be a valid CEL expression: there is no bracket that ${character} closes`
    }
  }
  if (open.length > 0) return `must be a valid CEL expression: ${open.at(-1) ?? ''} is not closed`
  return DANGLING.test(text) ? 'must be a valid CEL expression: an operator has no operand' : undefined
}
