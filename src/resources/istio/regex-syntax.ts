/** The regular expressions that Envoy takes: RE2 (https://github.com/google/re2/wiki/Syntax). */
import { RE2JS } from 're2js'

const LONGEST = 1024

/** What is wrong with the syntax of an expression of any length; undefined when nothing is. */
export const regexSyntaxProblem = (expression: string): string | undefined => {
  try {
    RE2JS.compile(expression)
    return undefined
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'malformed'
    return `not a valid RE2 regex: ${reason}`
  }
}

export const regexProblem = (expression: string): string | undefined => {
  if (expression === '') return 'a regex must not be empty; write .* to match everything'
  return new TextEncoder().encode(expression).length > LONGEST
    ? `a regex has at most ${LONGEST} bytes`
    : regexSyntaxProblem(expression)
}
