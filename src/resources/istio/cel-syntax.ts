/** The syntax of CEL expressions in Istio's objects; which names and types there are only the proxy knows. */
import { parse } from '@marcbachmann/cel-js'

/** What is wrong with the syntax of an expression; undefined when nothing is. */
export const expressionProblem = (expression: string): string | undefined => {
  try {
    parse(expression)
    return undefined
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : '').split('\n')
    return `must be a valid CEL expression: ${reason}`
  }
}
