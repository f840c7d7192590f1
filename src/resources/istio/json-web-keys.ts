/** JSON Web Keys (RFC 7517) as Istio's library reads them: one key, or a set in `keys`. */
import { isJsonObject } from '../../primitives/json-value.ts'
import type { JsonObject } from '../../primitives/json-value.ts'
import { fail, ok } from '../../primitives/result.ts'
import type { Result } from '../../primitives/result.ts'

/** What a key of each type needs (RFC 7518, section 6). */
const NEEDED: ReadonlyMap<string, readonly string[]> = new Map([
  ['RSA', ['n', 'e']],
  ['EC', ['crv', 'x', 'y']],
  ['OKP', ['crv', 'x']],
  ['oct', ['k']],
])

const BINARY = ['n', 'e', 'x', 'y', 'k', 'd', 'p', 'q', 'dp', 'dq', 'qi']
const TEXTS = ['crv', 'kid', 'use', 'alg']

/** With the letters of base64 or of base64url, with or without padding. */
const isBase64 = (text: string): boolean => {
  const bare = text.replace(/={1,2}$/, '')
  return /^[A-Za-z0-9+/_-]*$/.test(bare) && (bare === text ? text.length % 4 !== 1 : text.length % 4 === 0)
}

const keyProblem = (key: unknown): string | undefined => {
  const type: unknown = isJsonObject(key) ? key['kty'] : undefined
  const needed = typeof type === 'string' ? NEEDED.get(type) : undefined
  if (!isJsonObject(key) || needed === undefined) return `kty must be one of ${[...NEEDED.keys()].join(', ')}`
  const missing = needed.find((field) => (key[field] ?? undefined) === undefined)
  if (missing !== undefined) return `a key of type ${String(type)} needs ${missing}`
  const wrong = [...BINARY, ...TEXTS].find((field) => {
    const value = key[field] ?? ''
    return typeof value !== 'string' || (BINARY.includes(field) && !isBase64(value))
  })
  return wrong === undefined ? undefined : `${wrong} must be ${TEXTS.includes(wrong) ? 'text' : 'base64url'}`
}

const isKey = (value: unknown): value is JsonObject => keyProblem(value) === undefined

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The keys of a text; else what is wrong with it. */
export const parseKeys = (text: string): Result<readonly JsonObject[], string> => {
  const document = parseJson(text)
  if (!isJsonObject(document)) return fail('must be JSON: write {"keys": [...]}')
  const keys: unknown = document['keys'] === undefined ? [document] : (document['keys'] ?? [])
  if (!Array.isArray(keys)) return fail('"keys" must be a list of keys')
  const list: readonly unknown[] = keys
  const wrong = list.findIndex((key) => !isKey(key))
  return wrong === -1
    ? ok(list.filter(isKey))
    : fail(`failed to decode key #${wrong}: ${keyProblem(list[wrong]) ?? ''}`)
}

/** Signs as well as verifies. */
export const isPrivateKey = (key: JsonObject): boolean =>
  key['kty'] === 'oct' || (key['d'] ?? undefined) !== undefined
