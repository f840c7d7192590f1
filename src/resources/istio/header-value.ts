/** Values of headers that routes set: texts with Envoy's variables, `%NAME%` and `%NAME(arguments)%`. */

// eslint-disable-next-line no-control-regex -- A value has no control characters but the tab.
const CONTROL = /[\u0000-\u0008\u000A-\u001F\u007F]/

/** Where Envoy's parser is (source/common/router/header_parser.cc). */
type Place =
  | 'text'
  | 'name'
  | 'arguments'
  | 'next string'
  | 'string'
  | 'after string'
  | 'after list'
  | 'after arguments'

type Step = (character: string, following: string) => Place | 'skip' | undefined

const isBlank = (character: string): boolean => character === ' '

/** What each character leads to: the next place, `skip` to pass over the one after it, undefined where it cannot stand. */
const STEPS: Readonly<Record<Place, Step>> = {
  text: (character, following) => {
    if (character !== '%') return 'text'
    return following === '%' ? 'skip' : 'name'
  },
  name: (character) => {
    if (character === '%') return 'text'
    return character === '(' ? 'arguments' : 'name'
  },
  arguments: (character) => {
    if (character === '[') return 'next string'
    return isBlank(character) ? 'arguments' : 'string'
  },
  'next string': (character) => {
    if (character === '"') return 'string'
    return isBlank(character) ? 'next string' : undefined
  },
  string: (character) => {
    if (character === '\\') return 'skip'
    if (character === ')') return 'after arguments'
    return character === '"' ? 'after string' : 'string'
  },
  'after string': (character) => {
    if (character === ',') return 'next string'
    if (character === ']') return 'after list'
    return isBlank(character) ? 'after string' : undefined
  },
  'after list': (character) => {
    if (character === ')') return 'after arguments'
    return isBlank(character) ? 'after list' : undefined
  },
  'after arguments': (character) => {
    if (character === '%') return 'text'
    return isBlank(character) ? 'after arguments' : undefined
  },
}

/** Where the parser stops: at the end, or at a character that cannot stand there. */
const endOf = (value: string): { readonly place: Place; readonly index: number } => {
  let place: Place = 'text'
  let index = 0
  while (index < value.length) {
    const next: ReturnType<Step> = STEPS[place](value[index] ?? '', value[index + 1] ?? '')
    if (next === undefined) return { place, index }
    index += next === 'skip' ? 2 : 1
    if (next !== 'skip') place = next
  }
  return { place, index: Math.min(index, value.length) }
}

/** What is wrong with a value; undefined when nothing is. */
export const headerValueProblem = (value: string): string | undefined => {
  if (CONTROL.test(value)) return 'a header value has no control characters'
  const end = endOf(value)
  if (end.place === 'text') return undefined
  return end.index === value.length
    ? 'an Envoy variable is not terminated; write %NAME% for a variable, %% for a percent sign'
    : `an Envoy variable has ${JSON.stringify(value[end.index])} where it cannot stand; write %NAME(arguments)%`
}
