/** What cel-go's strings extension (version 2) has beyond the evaluator's own functions. */
import type { Environment } from '@marcbachmann/cel-js'
import { celFailure } from './cel-failure.ts'
import { formatText } from './format-text.ts'

const characters = (text: string): readonly string[] => Array.from(text)

const charAt = (text: string, index: bigint): string => {
  const all = characters(text)
  if (index < 0n || index > BigInt(all.length)) throw celFailure(`index out of range: ${index}`)
  return all[Number(index)] ?? ''
}

/** At most `limit` replacements; below zero: all. */
const replace = (text: string, from: string, to: string, limit = -1n): string => {
  if (limit < 0n) return text.replaceAll(from, () => to)
  let rest = text
  let done = ''
  for (let count = 0n; count < limit; count += 1n) {
    const at = rest.indexOf(from)
    if (at < 0) break
    done += rest.slice(0, at) + to
    rest = rest.slice(at + from.length)
  }
  return done + rest
}

class StringsNamespace {}

export const registerStrings = (environment: Environment): void => {
  environment
    .registerFunction('string.charAt(int): string', charAt)
    .registerFunction('string.replace(string, string): string', replace)
    .registerFunction('string.replace(string, string, int): string', replace)
    .registerFunction('string.reverse(): string', (text: string) => characters(text).toReversed().join(''))
    .registerFunction('string.format(list): string', formatText)
    .registerType('StringsNamespace', { ctor: StringsNamespace, fields: {} })
    .registerConstant('strings', 'StringsNamespace', new StringsNamespace())
    .registerFunction('StringsNamespace.quote(string): string', (_: StringsNamespace, text: string) =>
      JSON.stringify(text),
    )
}
