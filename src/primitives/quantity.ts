/** Kubernetes quantities (`500m`, `128Mi`, `1e3`): exact numbers with a suffix, as apimachinery's resource.Quantity. */
import { fail, ok, type Result } from './result.ts'

/** The exact amount in billionths; amounts finer than that are rounded up, away from zero. */
export interface Quantity {
  readonly nano: bigint
  readonly format: 'DecimalSI' | 'BinarySI' | 'DecimalExponent'
}

const nanoPerUnit = 1_000_000_000n
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const
const syntax = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d{1,3}))?$/

/** Parses a quantity; the error is Kubernetes' with what to write. */
export const parseQuantity = (text: string): Result<Quantity, string> => {
  const match = syntax.exec(text)
  if (match === null) return fail(explain(text))
  const [, sign, number = '', binary, decimal, exponent] = match
  const [whole = '', fraction = ''] = number.split('.')
  const digits = BigInt(`${whole}${fraction}` || '0')
  const base =
    binary === undefined ? 1n : 1024n ** BigInt(binarySuffixes.findIndex((each) => each === binary))
  const power = (decimal === undefined ? Number(exponent ?? 0) : decimalPower(decimal)) + 9 - fraction.length
  const magnitude = scale(digits * base, power)
  const format = binary !== undefined ? 'BinarySI' : exponent !== undefined ? 'DecimalExponent' : 'DecimalSI'
  return ok({ nano: sign === '-' ? -magnitude : magnitude, format })
}

const explain = (text: string): string =>
  text === ''
    ? 'a quantity must not be empty: write a number with an optional suffix, such as "500m", "2" or "128Mi"'
    : /^[+-]?(\d+\.?\d*|\.\d+)/.test(text)
      ? `unable to parse quantity's suffix in ${JSON.stringify(text)}: write one of n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei, or an exponent such as e3`
      : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$': " +
        `write ${JSON.stringify(text)} as a number with an optional suffix, such as "500m", "2" or "128Mi"`

const decimalPower = (suffix: string): number =>
  3 * (decimalSuffixes.findIndex((each) => each === suffix) - decimalSuffixes.indexOf(''))

/** digits × 10^power, rounded up. */
const scale = (digits: bigint, power: number): bigint =>
  power >= 0 ? digits * 10n ** BigInt(power) : divideUp(digits, 10n ** BigInt(-power))

/** The quotient rounded away from zero. */
const divideUp = (dividend: bigint, divisor: bigint): bigint => {
  const quotient = dividend / divisor
  if (dividend % divisor === 0n) return quotient
  return dividend < 0n ? quotient - 1n : quotient + 1n
}

/** Kubernetes' canonical form: no fraction, the largest suffix that keeps it exact. */
export const formatQuantity = (quantity: Quantity): string => {
  const { nano } = quantity
  const magnitude = nano < 0n ? -nano : nano
  const sign = nano < 0n ? '-' : ''
  const binary =
    quantity.format === 'BinarySI' && magnitude >= 1024n * nanoPerUnit && magnitude % nanoPerUnit === 0n
  if (binary) return sign + withSuffix(magnitude / nanoPerUnit, 1024n, binarySuffixes)
  if (magnitude === 0n) return '0'
  if (quantity.format === 'DecimalExponent') return sign + withExponent(magnitude)
  return sign + withSuffix(magnitude, 1000n, decimalSuffixes)
}

const withSuffix = (amount: bigint, step: bigint, suffixes: readonly string[]): string => {
  let rest = amount
  let index = 0
  while (index + 1 < suffixes.length && rest % step === 0n && rest !== 0n) {
    rest /= step
    index += 1
  }
  return `${rest}${suffixes[index] ?? ''}`
}

const withExponent = (nano: bigint): string => {
  let rest = nano
  let power = -9
  while (rest % 1000n === 0n) {
    rest /= 1000n
    power += 3
  }
  return power === 0 ? `${rest}` : `${rest}e${power}`
}

/** Whole units, rounded up (Quantity.Value). */
export const quantityValue = (quantity: Quantity): number => Number(divideUp(quantity.nano, nanoPerUnit))

/** Thousandths, rounded up (Quantity.MilliValue): the unit of CPU shares. */
export const quantityMilliValue = (quantity: Quantity): number => Number(divideUp(quantity.nano, 1_000_000n))

/** The sum, in the format of `left` unless that is zero (as Quantity.Add). */
export const addQuantities = (left: Quantity, right: Quantity): Quantity => ({
  nano: left.nano + right.nano,
  format: left.nano === 0n ? right.format : left.format,
})

/** Negative, zero or positive as `left` is below, equal to or above `right`. */
export const compareQuantities = (left: Quantity, right: Quantity): number =>
  left.nano < right.nano ? -1 : left.nano > right.nano ? 1 : 0
