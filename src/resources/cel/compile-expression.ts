/** One CEL expression, compiled with its types checked. */
import { EvaluationError, type ASTNode, type Environment } from '@marcbachmann/cel-js'
import { messageOf } from '../../primitives/coded-error.ts'
import { fail, ok, type Result } from '../../primitives/result.ts'
import { withOwnHas } from './library/macros.ts'
import { matchesFunction } from './library/regular-expressions.ts'

export interface CompiledExpression {
  /** The type of its value: `bool`, `string`, `dyn` ... */
  readonly type: string
  /** The names of the variables that it mentions. */
  readonly mentions: ReadonlySet<string>
  /** The error is what cel-go says, e.g. `no such key: foo`. */
  readonly evaluate: (variables: Readonly<Record<string, unknown>>) => Result<unknown, string>
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value

/** All nodes below and with one, macros expanded or not. */
const nodesOf = function* (value: unknown): Generator<ASTNode> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesOf(item)
    return
  }
  if (!isNode(value)) return
  yield value
  yield* nodesOf(value.args)
}

/** Kubernetes' regular expressions are RE2's: `matches` becomes the library's function. */
const renameMatches = (node: ASTNode): void => {
  if (node.op !== 'rcall' && node.op !== 'call') return
  if (node.args[0] === 'matches') node.args[0] = matchesFunction
}

const UPSTREAM_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^No such key: index out of bounds, index (\d+).*$/, 'index out of bounds: $1'],
  [/^No such key: (.*)$/, 'no such key: $1'],
]

const upstreamWords = (message: string): string =>
  UPSTREAM_WORDS.reduce((text, [pattern, words]) => text.replace(pattern, words), message)

const CHECK_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^No such key: (.*)$/, "undefined field '$1'"],
  [/^Unknown variable: (.*)$/, "undeclared reference to '$1' (in container '')"],
]

/** As cel-go prints an issue: its place, what is wrong, the line, and a mark below the place. */
const issueText = (
  expression: string,
  error: { readonly summary: string; readonly range?: { start: number } },
): string => {
  const start = error.range?.start ?? 0
  const before = expression.slice(0, start).split('\n')
  const line = expression.split('\n')[before.length - 1] ?? ''
  const column = before.at(-1)?.length ?? 0
  const words = CHECK_WORDS.reduce((text, [pattern, by]) => text.replace(pattern, by), error.summary)
  return `compilation failed: ERROR: <input>:${before.length}:${column + 1}: ${words}\n | ${line}\n | ${'.'.repeat(column)}^`
}

const isIssue = (error: unknown): error is { readonly summary: string; readonly range?: { start: number } } =>
  error instanceof Error && 'summary' in error && typeof error.summary === 'string'

const issueOf = (expression: string, error: unknown): string =>
  isIssue(error) ? issueText(expression, error) : `compilation failed: ${messageOf(error)}`

/** Compiles in an environment whose variables are declared; the error is cel-go's issue. */
export const compileExpression = (
  environment: Environment,
  expression: string,
): Result<CompiledExpression, string> => {
  try {
    const parsed = environment.parse(withOwnHas(expression))
    const nodes = [...nodesOf(parsed.ast)]
    for (const node of nodes) renameMatches(node)
    const { valid, type = 'dyn', error } = parsed.check()
    if (!valid) return fail(issueOf(expression, error))
    const mentions = new Set(nodes.flatMap((node) => (node.op === 'id' ? [node.args] : [])))
    return ok({
      type,
      mentions,
      evaluate: (variables) => {
        try {
          const value: unknown = parsed(variables)
          return ok(value)
        } catch (thrown) {
          return fail(upstreamWords(thrown instanceof EvaluationError ? thrown.summary : messageOf(thrown)))
        }
      },
    })
  } catch (error) {
    return fail(issueOf(expression, error))
  }
}
