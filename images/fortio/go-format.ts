/** Numbers and durations as Go prints and reads them. */

/** Go's `%g` without precision: the shortest text that reads back as the same number. */
const shortestDigits = 17

const withExponent = (text: string): string => {
  const [mantissa = '', power = ''] = text.split('e')
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa
  const size = String(Math.abs(Number(power))).padStart(2, '0')
  return `${trimmed}e${Number(power) < 0 ? '-' : '+'}${size}`
}

/** `%.Ng`: N significant digits, no trailing zeros, an exponent of at least two digits where Go writes one. */
export const formatG = (value: number, digits = shortestDigits): string => {
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return '0'
  const isShortest = digits === shortestDigits
  const exponent = Number(
    (isShortest ? value.toExponential() : value.toExponential(digits - 1)).split('e')[1],
  )
  if (exponent < -4 || exponent >= (isShortest ? 21 : digits))
    return withExponent(isShortest ? value.toExponential() : value.toExponential(digits - 1))
  const plain = isShortest ? value : Number(value.toPrecision(digits))
  const text = String(plain)
  return text.includes('e') ? plain.toFixed(20).replace(/0+$/, '') : text
}

const units: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
}

/** Seconds of a Go duration such as `1m30s` or `250ms`; undefined when it is none. */
export const parseGoDuration = (text: string): number | undefined => {
  if (text === '0') return 0
  if (!/^-?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g)]
  const seconds = parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (units[unit] ?? 0), 0)
  return text.startsWith('-') ? -seconds : seconds
}

const decimals = (value: number): string => value.toFixed(9).replace(/\.?0+$/, '')

/** Seconds as Go prints a duration: `5m0s`, `1.5s`, `250ms`. */
export const formatGoDuration = (seconds: number): string => {
  if (seconds < 0) return `-${formatGoDuration(-seconds)}`
  if (seconds === 0) return '0s'
  if (seconds < 1e-6) return `${Math.round(seconds * 1e9)}ns`
  if (seconds < 1e-3) return `${decimals(Math.round(seconds * 1e9) / 1e3)}µs`
  if (seconds < 1) return `${decimals(Math.round(seconds * 1e9) / 1e6)}ms`
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  const rest = `${decimals(seconds - hours * 3600 - minutes * 60)}s`
  if (hours > 0) return `${hours}h${minutes}m${rest}`
  return minutes > 0 ? `${minutes}m${rest}` : rest
}
