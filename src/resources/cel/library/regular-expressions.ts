/** Kubernetes' regex library: RE2 syntax, in linear time. */
import type { Environment } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'
import { messageOf } from '../../../primitives/coded-error.ts'
import { celFailure } from './cel-failure.ts'

const compiled = (pattern: string): RE2JS => {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    throw celFailure(messageOf(error))
  }
}

const findAll = (text: string, pattern: string, limit = -1n): readonly string[] => {
  const matcher = compiled(pattern).matcher(text)
  const found: string[] = []
  while ((limit < 0n || BigInt(found.length) < limit) && matcher.find()) found.push(matcher.group() ?? '')
  return found
}

/** The name that a compiled expression calls for `matches`: the evaluator's own one speaks JavaScript's syntax. */
export const matchesFunction = 'matchesRe2'

export const registerRegularExpressions = (environment: Environment): void => {
  environment
    .registerFunction(`string.${matchesFunction}(string): bool`, (text: string, pattern: string) =>
      compiled(pattern).matcher(text).find(),
    )
    .registerFunction(`${matchesFunction}(string, string): bool`, (text: string, pattern: string) =>
      compiled(pattern).matcher(text).find(),
    )
    .registerFunction('string.find(string): string', (text: string, pattern: string) =>
      findAll(text, pattern, 1n).join(''),
    )
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) =>
      findAll(text, pattern),
    )
    .registerFunction('string.findAll(string, int): list<string>', findAll)
}
