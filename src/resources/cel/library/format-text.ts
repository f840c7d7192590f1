/** `"...".format([...])` of cel-go's strings extension: %s %d %f %e %b %o %x %X with a precision, and %%. */
import { Quantity } from './quantities.ts'
import { celFailure } from './cel-failure.ts'

interface Time {
  readonly toISOString: () => string
}

const isTime = (value: unknown): value is Time =>
  typeof value === 'object' && value !== null && 'toISOString' in value

/** A value as %s prints it. */
const shown = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (value === null) return 'null'
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  if (value instanceof Map) {
    const entries = [...value].map(([key, each]) => `${shown(key)}: ${shown(each)}`)
    return `{${entries.toSorted().join(', ')}}`
  }
  if (value instanceof Quantity) return value.toString()
  return isTime(value) ? value.toISOString().replace('.000Z', 'Z') : `${value as number}`
}

const based = (value: unknown, base: 2 | 8 | 16): string => {
  if (typeof value === 'bigint') return value.toString(base)
  if (typeof value === 'boolean' && base === 2) return value ? '1' : '0'
  if (base !== 16) throw celFailure('integer clause can only be used on integers')
  if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('hex')
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  throw celFailure('only integers, byte buffers, and strings can be formatted as hex')
}

const decimal = (value: unknown): string => {
  if (typeof value === 'bigint') return String(value)
  throw celFailure('decimal clause can only be used on integers')
}

const fraction = (value: unknown): number => {
  if (typeof value === 'number') return value
  throw celFailure('fixed-point clause can only be used on doubles')
}

/** Go writes at least two digits of exponent. */
const scientific = (value: number, precision: number): string =>
  value.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2')

const oneClause = (verb: string, precision: number, value: unknown): string => {
  switch (verb) {
    case 's':
      return shown(value)
    case 'd':
      return decimal(value)
    case 'f':
      return fraction(value).toFixed(precision)
    case 'e':
      return scientific(fraction(value), precision)
    case 'b':
      return based(value, 2)
    case 'o':
      return based(value, 8)
    case 'x':
      return based(value, 16)
    case 'X':
      return based(value, 16).toUpperCase()
    default:
      throw celFailure(`could not parse formatting clause: unrecognized formatting clause "${verb}"`)
  }
}

export const formatText = (format: string, values: readonly unknown[]): string => {
  let next = 0
  return format.replaceAll(/%(?:%|(?:\.(\d+))?(.))/gsu, (_clause, precision?: string, verb?: string) => {
    if (verb === undefined) return '%'
    if (next >= values.length) throw celFailure(`index ${next} out of range`)
    next += 1
    return oneClause(verb, Number(precision ?? 6), values[next - 1])
  })
}
