/** As much of X.509 (RFC 5280) as shows whether a PEM text can be a certificate that is valid now. */
const PEM = /-----BEGIN [A-Z0-9 ]+-----\s+(?<body>[A-Za-z0-9+/=\s]+?)-----END [A-Z0-9 ]+-----/

/** One value in DER: where its contents begin and end. */
interface Element {
  readonly tag: number
  readonly start: number
  readonly end: number
}

const SEQUENCE = 0x30
const EXPLICIT_VERSION = 0xa0
const UTC_TIME = 0x17

/** A number of `count` bytes, the highest first. */
const readNumber = (bytes: string, offset: number, count: number): number => {
  let number = 0
  for (let at = offset; at < offset + count; at += 1) number = number * 256 + bytes.charCodeAt(at)
  return number
}

const readElement = (bytes: string, offset: number): Element | undefined => {
  const first = bytes.charCodeAt(offset + 1)
  if (offset + 2 > bytes.length) return undefined
  const count = first < 0x80 ? 0 : first & 0x7f
  if (count > 4) return undefined
  const length = count === 0 ? first : readNumber(bytes, offset + 2, count)
  const start = offset + 2 + count
  return start + length > bytes.length
    ? undefined
    : { tag: bytes.charCodeAt(offset), start, end: start + length }
}

const children = (bytes: string, { start, end }: Element): readonly Element[] => {
  const found: Element[] = []
  for (let offset = start; offset < end;) {
    const element = readElement(bytes, offset)
    if (element === undefined) return []
    found.push(element)
    offset = element.end
  }
  return found
}

/** `yyMMddHHmmssZ` (years from 50 are of the 20th century) or `yyyyMMddHHmmssZ`, as milliseconds. */
const readTime = (bytes: string, { tag, start, end }: Element): number => {
  const text = bytes.slice(start, end)
  const full = tag === UTC_TIME ? `${Number(text.slice(0, 2)) >= 50 ? '19' : '20'}${text}` : text
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full)?.slice(1).map(Number) ?? []
  return daysFromCivil(parts[0] ?? 0, parts[1] ?? 1, parts[2] ?? 1) * 86_400_000 + secondsOf(parts) * 1000
}

const secondsOf = (parts: readonly number[]): number =>
  (parts[3] ?? 0) * 3600 + (parts[4] ?? 0) * 60 + (parts[5] ?? 0)

/** Days since 1970-01-01 of a date of the Gregorian calendar. */
const daysFromCivil = (year: number, month: number, day: number): number => {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

const decode = (body: string): string => {
  try {
    return atob(body.replaceAll(/\s/g, ''))
  } catch {
    return ''
  }
}

/** notBefore and notAfter; undefined when the bytes are no certificate. */
const validity = (bytes: string): readonly [number, number] | undefined => {
  const certificate = readElement(bytes, 0)
  if (certificate?.tag !== SEQUENCE) return undefined
  const [body] = children(bytes, certificate)
  if (body?.tag !== SEQUENCE) return undefined
  const fields = children(bytes, body)
  const period = fields[fields[0]?.tag === EXPLICIT_VERSION ? 4 : 3]
  const [from, to] = period?.tag === SEQUENCE ? children(bytes, period) : []
  return from === undefined || to === undefined ? undefined : [readTime(bytes, from), readTime(bytes, to)]
}

/** What is wrong with a certificate in PEM; its dates are compared where `now` (milliseconds since the epoch) is given. */
export const certificateProblem = (pem: string, now: number | undefined): string | undefined => {
  const body = PEM.exec(pem)?.groups?.['body']
  if (body === undefined) return 'the certificate is not in PEM form (-----BEGIN CERTIFICATE-----)'
  const period = validity(decode(body))
  if (period === undefined) return 'the PEM block holds no certificate'
  if (now === undefined) return undefined
  if (now < period[0]) return 'the certificate is not valid yet'
  return now > period[1] ? 'the certificate has expired' : undefined
}
