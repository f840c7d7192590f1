/** The body of a write as a JSON value, and the warnings that its answer carries. */
import type { JsonValue } from '../primitives/json-value.ts'
import type { ResourceTarget } from './api-context.ts'
import { orThrow, type ApiRequest, type BodyAnswer } from './api-request.ts'
import { reportFieldProblems } from './decode-object.ts'
import { duplicateFields } from './duplicate-fields.ts'
import { bodyEncoding, decodeBody } from './request-body.ts'
import type { WriteOptions } from './write-options.ts'

/** The JSON value of the body, by its Content-Type. */
export const bodyValue = async (request: ApiRequest): Promise<JsonValue> => {
  const encoding = orThrow(bodyEncoding(request.headers['content-type']))
  return orThrow(decodeBody(orThrow(await request.readBody()), encoding))
}

/** The same for an object to be written: reports the fields that JSON names twice as the client wants it. */
export const objectValue = async (
  request: ApiRequest,
  target: ResourceTarget,
  options: WriteOptions,
): Promise<JsonValue> => {
  const value = await bodyValue(request)
  const isJson = orThrow(bodyEncoding(request.headers['content-type'])) === 'json'
  if (!isJson || options.fieldValidation === 'Ignore') return value
  const duplicates = duplicateFields(orThrow(await request.readBody()).toString('utf8'))
  const problems = duplicates.map((path) => `duplicate field "${path}"`)
  reportFieldProblems(target, problems, options)
  return value
}

/** The JSON value of the body; undefined when there is no body. */
export const optionalBodyValue = async (request: ApiRequest): Promise<JsonValue | undefined> => {
  const body = orThrow(await request.readBody())
  if (body.length === 0) return undefined
  return orThrow(decodeBody(body, orThrow(bodyEncoding(request.headers['content-type']))))
}

/** The answer with the warnings that were collected while it was made. */
export const withWarnings = (answer: BodyAnswer, options: WriteOptions): BodyAnswer =>
  options.warnings.size === 0 ? answer : { ...answer, warnings: [...options.warnings] }
