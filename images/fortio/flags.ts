/** Fortio's command line, in the syntax of Go's package flag. */
import { parseGoDuration } from './go-format.ts'

type FlagType = 'bool' | 'int' | 'float' | 'duration' | 'string' | 'list'

/** The flags that are carried out, with their defaults. */
const known: Readonly<Record<string, readonly [FlagType, FlagValue]>> = {
  qps: ['float', 8],
  c: ['int', 4],
  t: ['duration', 5],
  n: ['int', 0],
  p: ['string', '50,75,90,99,99.9'],
  r: ['float', 0.001],
  offset: ['duration', 0],
  H: ['list', []],
  X: ['string', ''],
  json: ['string', ''],
  labels: ['string', ''],
  timeout: ['duration', 3],
  payload: ['string', ''],
  'payload-size': ['int', 0],
  'content-type': ['string', ''],
  user: ['string', ''],
  loglevel: ['string', 'Info'],
  'abort-on': ['int', 0],
  'http-port': ['string', '8080'],
  'tcp-port': ['string', '8078'],
  'echo-debug-path': ['string', '/debug'],
  'allow-initial-errors': ['bool', false],
  'sequential-warmup': ['bool', false],
  'log-errors': ['bool', true],
  keepalive: ['bool', true],
  quiet: ['bool', false],
  jitter: ['bool', false],
  uniform: ['bool', false],
  nocatchup: ['bool', false],
  k: ['bool', false],
  'https-insecure': ['bool', false],
  stdclient: ['bool', false],
  curl: ['bool', false],
  L: ['bool', false],
}

/** Flags of the original that need what this program has not. */
const unsupported = new Set(
  'grpc grpc-port ping s health h2 http1.0 profile access-log-file a data-dir payload-file stream cert key cacert mtls unix-socket resolve redirect-port ui-path udp-port'.split(
    ' ',
  ),
)

type FlagValue = boolean | number | string | readonly string[]

export interface Flags {
  readonly bool: (name: string) => boolean
  readonly number: (name: string) => number
  readonly text: (name: string) => string
  readonly list: (name: string) => readonly string[]
  readonly rest: readonly string[]
}

export type ParsedFlags =
  | { readonly ok: true; readonly value: Flags }
  | { readonly ok: false; readonly error: string }

const fail = (error: string): ParsedFlags => ({ ok: false, error })

const parseValue = (type: FlagType, text: string): FlagValue | undefined => {
  if (type === 'string') return text
  if (type === 'duration') return parseGoDuration(text)
  if (type === 'bool') {
    if (/^(1|t|true)$/i.test(text)) return true
    return /^(0|f|false)$/i.test(text) ? false : undefined
  }
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isNaN(number)) return undefined
  return type === 'int' && !Number.isInteger(number) ? undefined : number
}

const access = (values: ReadonlyMap<string, FlagValue>, rest: readonly string[]): Flags => ({
  bool: (name) => values.get(name) === true,
  number: (name) => Number(values.get(name)),
  text: (name) => String(values.get(name)),
  list: (name) => {
    const value = values.get(name)
    return Array.isArray(value) ? value : []
  },
  rest,
})

/** The value of one flag: what stands behind `=`, else the next word. */
const readFlag = (
  name: string,
  text: string | undefined,
  values: Map<string, FlagValue>,
): string | undefined => {
  const [type = 'string'] = known[name] ?? []
  if (text === undefined) return `flag needs an argument: -${name}`
  const earlier = values.get(name)
  const value = type === 'list' ? [...(Array.isArray(earlier) ? earlier : []), text] : parseValue(type, text)
  if (value === undefined) return `invalid value ${JSON.stringify(text)} for flag -${name}: parse error`
  values.set(name, value)
  return undefined
}

const problemOf = (name: string): string | undefined => {
  if (unsupported.has(name)) return `flag -${name} is not carried out by Weft's stand-in for fortio`
  return known[name] === undefined ? `flag provided but not defined: -${name}` : undefined
}

/** Go's words for what is wrong. Flags end at the first word that is none, or after `--`. */
export const parseFlags = (words: readonly string[]): ParsedFlags => {
  const values = new Map(Object.entries(known).map(([name, [, value]]) => [name, value]))
  let index = 0
  for (let word = words[0]; word?.startsWith('-') === true && word !== '-'; word = words[index]) {
    index += 1
    if (word === '--') break
    const [, name = '', , inline] = /^--?([^=]+)(=(.*))?$/s.exec(word) ?? []
    const isSwitch = known[name]?.[0] === 'bool' && inline === undefined
    const text = isSwitch ? 'true' : (inline ?? words[index])
    if (inline === undefined && !isSwitch) index += 1
    const problem = problemOf(name) ?? readFlag(name, text, values)
    if (problem !== undefined) return fail(problem)
  }
  return { ok: true, value: access(values, words.slice(index)) }
}
