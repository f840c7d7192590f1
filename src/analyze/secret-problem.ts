/** Secrets that hold a certificate: what is wrong with it. */
import { textMapAt, wholeOf } from '../mesh/translate/json-reader.ts'
import { certificateProblem } from './certificate.ts'
import type { AnalysisObject } from './object-set.ts'

const decodeBase64 = (text: string): string => {
  try {
    return atob(text.replaceAll(/\s/g, ''))
  } catch {
    return ''
  }
}

/** `data` is base64, `stringData` is not and wins. */
const secretValues = (secret: AnalysisObject): Readonly<Record<string, string>> => {
  const whole = wholeOf(secret.object)
  const decoded = Object.entries(textMapAt(whole, 'data')).map(([key, value]): [string, string] => [
    key,
    decodeBase64(value),
  ])
  return { ...Object.fromEntries(decoded), ...textMapAt(whole, 'stringData') }
}

/** Istio takes `cert` and `key`, else `tls.crt` and `tls.key`. */
export const secretProblem = (secret: AnalysisObject, now: number | undefined): string | undefined => {
  const values = secretValues(secret)
  const pairs = [
    ['cert', 'key'],
    ['tls.crt', 'tls.key'],
  ] as const
  const pair = pairs.find(
    ([certificate, key]) => (values[certificate] ?? '') !== '' && (values[key] ?? '') !== '',
  )
  if (pair === undefined) return 'the Secret has neither tls.crt and tls.key nor cert and key'
  return certificateProblem(values[pair[0]] ?? '', now)
}
