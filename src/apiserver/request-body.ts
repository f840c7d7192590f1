/** Decodes request bodies: JSON, YAML and protobuf, with every way of being malformed as a Status. */
import { parseDocument } from 'yaml'
import type { ApiError } from '../machinery/api-error.ts'
import { messageOf } from '../primitives/coded-error.ts'
import type { JsonValue } from '../primitives/json-value.ts'
import { fail, ok, type Result } from '../primitives/result.ts'
import { parseMediaTypes } from './content-negotiation.ts'
import { decodeProtobufObject, protobufMediaType } from './protobuf/decode-object.ts'
import { badRequest, unsupportedMediaType } from '../machinery/status-errors.ts'

/** Kubernetes' limit on request bodies. */
export const bodyLimitBytes = 3 * 1024 * 1024

export type BodyEncoding = 'json' | 'yaml' | 'protobuf'

const acceptedBodies = ['application/json', 'application/yaml', protobufMediaType]

/** The encoding that a Content-Type names (none: JSON); 415 for others. */
export const bodyEncoding = (contentType: string | undefined): Result<BodyEncoding, ApiError> => {
  const type = parseMediaTypes(contentType ?? '')[0]?.type ?? 'application/json'
  switch (type) {
    case 'application/json':
    case 'application/*':
    case '*/*':
      return ok('json')
    case 'application/yaml':
    case 'application/x-yaml':
      return ok('yaml')
    case protobufMediaType:
      return ok('protobuf')
    default:
      return fail(unsupportedMediaType(acceptedBodies))
  }
}

const parseJson = (text: string): Result<JsonValue, string> => {
  try {
    const value: JsonValue = JSON.parse(text)
    return ok(value)
  } catch (error) {
    return fail(messageOf(error))
  }
}

const parseYaml = (text: string): Result<JsonValue, string> => {
  try {
    const document = parseDocument(text, { uniqueKeys: true, stringKeys: true, merge: true })
    const [problem] = document.errors
    if (problem !== undefined) return fail(problem.message.split('\n')[0] ?? problem.message)
    const value: JsonValue = document.toJS({ maxAliasCount: 100 })
    return ok(value)
  } catch (error) {
    return fail(messageOf(error))
  }
}

/** No object of the API comes near it, and whoever walks one by recursion has room for it. */
const deepest = 500

const isTooDeep = (value: JsonValue): boolean => {
  let level: readonly JsonValue[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return true
    level = level.flatMap((each): readonly JsonValue[] =>
      typeof each === 'object' && each !== null ? Object.values(each) : [],
    )
  }
  return false
}

// A key `__proto__` would reach the prototype of whatever copies the object; no field of any kind has this name.
const namesPrototype = /"__proto__"\s*:|^\s*["']?__proto__["']?\s*:/m

const decodeProtobuf = (body: Buffer): Result<JsonValue, ApiError> => {
  const decoded = decodeProtobufObject(body)
  if (decoded.ok) return decoded
  const failure = decoded.error
  if (failure.reason === 'malformed') return fail(badRequest(failure.message))
  const { apiVersion, kind } = failure
  // Custom resources have no protobuf in Kubernetes either; their definitions have none here.
  const isCustom =
    /\./.test(apiVersion) &&
    (!/\.k8s\.io\//.test(apiVersion) || apiVersion.startsWith('apiextensions.k8s.io/'))
  return isCustom
    ? fail(unsupportedMediaType(acceptedBodies.slice(0, 2)))
    : fail(badRequest(`no kind "${kind}" is registered for version "${apiVersion}"`))
}

/** The JSON value of a body; 400 with the parser's words otherwise. */
export const decodeBody = (body: Buffer, encoding: BodyEncoding): Result<JsonValue, ApiError> => {
  if (encoding === 'protobuf') return decodeProtobuf(body)
  const text = body.toString('utf8')
  if (text.trim() === '') return fail(badRequest('the request body is empty: send an object as JSON or YAML'))
  if (namesPrototype.test(text)) return fail(badRequest('the request body has a field "__proto__"'))
  const value = encoding === 'json' ? parseJson(text) : parseYaml(text)
  if (!value.ok) {
    const what = `the object provided is unrecognized (must be valid ${encoding.toUpperCase()})`
    return fail(badRequest(`${what}: ${value.error}`))
  }
  return isTooDeep(value.value)
    ? fail(badRequest(`the request body is nested deeper than ${deepest} levels`))
    : value
}
