/** The JSONPath of printer columns (k8s.io/client-go/util/jsonpath): `.spec.list[0]`, `['a']`, `[?(@.type=="Ready")]`, `..x`. */
import { isJsonObject, jsonEqual, type JsonValue } from '../../primitives/json-value.ts'

/** From one value to those that a step finds in it. */
type Step = (value: JsonValue) => readonly JsonValue[]

const listOf = (value: JsonValue): readonly JsonValue[] => (Array.isArray(value) ? value : [])

const childrenOf = (value: JsonValue): readonly JsonValue[] =>
  isJsonObject(value) ? Object.values(value) : listOf(value)

const field =
  (name: string): Step =>
  (value) => {
    const found = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
    return found === undefined ? [] : [found]
  }

const everyChild: Step = (value) => childrenOf(value)

const descendants = (value: JsonValue): readonly JsonValue[] => [
  value,
  ...childrenOf(value).flatMap(descendants),
]

/** `[1]`, `[-1]`, `[1:3]`, `[0:4:2]`. */
const slice =
  (text: string): Step =>
  (value) => {
    const list = listOf(value)
    const [from, to, step] = text.split(':').map((part) => (part.trim() === '' ? undefined : Number(part)))
    if (!text.includes(':')) return list.slice(from, from === -1 ? undefined : (from ?? 0) + 1)
    return list.slice(from, to).filter((_, index) => index % (step ?? 1) === 0)
  }

const COMPARISON = /^@(?<path>[^=!<>\s]*)\s*(?:(?<operator>==|!=|<=|>=|<|>)\s*(?<literal>.+?))?\s*$/s

const literalOf = (text: string): JsonValue | undefined => {
  if (/^'.*'$/s.test(text) || /^".*"$/s.test(text)) return text.slice(1, -1)
  if (text === 'true' || text === 'false') return text === 'true'
  const number = Number(text)
  return Number.isNaN(number) ? undefined : number
}

const compares = (operator: string, left: JsonValue, right: JsonValue): boolean => {
  switch (operator) {
    case '==':
      return jsonEqual(left, right)
    case '!=':
      return !jsonEqual(left, right)
    default: {
      if (typeof left !== typeof right || left === null || right === null) return false
      const below = left < right
      const equal = left === right
      if (operator === '<') return below
      if (operator === '<=') return below || equal
      return operator === '>' ? !below && !equal : !below
    }
  }
}

/** `[?(@.type=="Ready")]`, `[?(@.name)]`. */
const filter = (text: string): Step | undefined => {
  const groups = COMPARISON.exec(text)?.groups
  const path = stepsOf(groups?.['path'] ?? '')
  if (groups === undefined || path === undefined) return undefined
  const { operator, literal } = groups
  const wanted = literal === undefined ? undefined : literalOf(literal)
  if (operator !== undefined && wanted === undefined) return undefined
  return (value) =>
    childrenOf(value).filter((item) => {
      const [found] = walk(path, item)
      if (operator === undefined || wanted === undefined) return found !== undefined
      return found !== undefined && compares(operator, found, wanted)
    })
}

const bracket = (text: string): Step | undefined => {
  if (text === '*') return everyChild
  if (text.startsWith('?(') && text.endsWith(')')) return filter(text.slice(2, -1))
  if (/^-?\d*(?::-?\d*){0,2}$/.test(text) && text !== '') return slice(text)
  const names = text
    .split(',')
    .map((part) => /^\s*(?:'(.*)'|"(.*)")\s*$/.exec(part))
    .map((match) => match?.[1] ?? match?.[2])
  if (names.some((name) => name === undefined)) return undefined
  return (value) => names.flatMap((name) => field(name ?? '')(value))
}

const TOKEN =
  /^(?:(?<deep>\.\.)(?<deepName>(?:[^.[\\]|\\.)*)|\.(?<name>(?:[^.[\\]|\\.)+)|\[(?<inside>(?:\?\(.*?\)|[^\]]*))\])/s

const unescaped = (text: string): string => text.replaceAll(/\\(.)/gs, '$1')

const stepOf = (groups: Readonly<Record<string, string | undefined>>): Step | undefined => {
  const { deep, deepName, name, inside } = groups
  if (deep !== undefined) {
    const named = deepName === '' || deepName === undefined ? undefined : unescaped(deepName)
    return (value) => {
      const all = descendants(value)
      return named === undefined ? all : all.flatMap(named === '*' ? everyChild : field(named))
    }
  }
  if (name !== undefined) return name === '*' ? everyChild : field(unescaped(name))
  return inside === undefined ? undefined : bracket(inside.trim())
}

const stepsOf = (text: string): readonly Step[] | undefined => {
  const steps: Step[] = []
  for (let rest = text === '.' ? '' : text; rest !== '';) {
    const token = TOKEN.exec(rest)
    const step = token?.groups === undefined ? undefined : stepOf(token.groups)
    if (token === null || step === undefined) return undefined
    steps.push(step)
    rest = rest.slice(token[0].length)
  }
  return steps
}

const walk = (steps: readonly Step[], value: JsonValue): readonly JsonValue[] =>
  steps.reduce<readonly JsonValue[]>((values, step) => values.flatMap(step), [value])

/** What finds the path's values in an object, in their order; undefined for a path that cannot be read. */
export const parseJsonPath = (path: string): ((object: JsonValue) => readonly JsonValue[]) | undefined => {
  const steps = stepsOf(path)
  return steps === undefined ? undefined : (object) => walk(steps, object)
}
