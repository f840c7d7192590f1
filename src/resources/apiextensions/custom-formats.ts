/** The formats that custom resources are checked by (apiextensions validation/formats.go); others mean nothing. */
import { isIpv4, isIpv6 } from '../meta/ip-address.ts'
import { formatProblem } from '../schema-formats.ts'
import { isDate, isUri, isUuid } from '../text-formats.ts'

const HOSTNAME =
  /^(?=.{1,255}$)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\.?$/
const EMAIL = /^[^\s@<>]+@[^\s@<>]+$/
const MAC = /^(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$/
const DURATION = /^(?:[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h|d|w)\s*)+|0)$/u

const isBlock = (text: string): boolean => {
  const [address = '', bits = '', ...rest] = text.split('/')
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false
  return isIpv4(address) ? Number(bits) <= 32 : isIpv6(address) && Number(bits) <= 128
}

const hasNoProblem =
  (format: string) =>
  (text: string): boolean =>
    formatProblem(format, text) === undefined

const CHECKS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['date-time', hasNoProblem('date-time')],
  ['datetime', hasNoProblem('date-time')],
  ['byte', hasNoProblem('byte')],
  ['date', isDate],
  ['duration', (text) => DURATION.test(text)],
  ['uri', isUri],
  ['email', (text) => EMAIL.test(text)],
  ['hostname', (text) => HOSTNAME.test(text)],
  ['ipv4', isIpv4],
  ['ipv6', isIpv6],
  ['cidr', isBlock],
  ['mac', (text) => MAC.test(text)],
  ...(['uuid', 'uuid3', 'uuid4', 'uuid5'] as const).map((name) => [name, isUuid] as const),
])

/** False for text that is not of the format; true for formats that are not known. */
export const fitsFormat = (format: string, text: string): boolean => CHECKS.get(format)?.(text) ?? true
