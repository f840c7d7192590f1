/** From a decoded body to an object of its kind: the right kind, types, known fields, and defaults. */
import { isJsonObject, type JsonObject, type JsonValue } from '../primitives/json-value.ts'
import { withoutNulls } from '../primitives/without-nulls.ts'
import { formatFieldError } from '../resources/field-error.ts'
import type { CustomShape, FieldError } from '../resources/kind.ts'
import { isKubernetesKind } from '../resources/kubernetes-groups.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { findUnknownFields, pruneUnknownFields } from '../resources/unknown-fields.ts'
import { validateAgainstSchema } from '../resources/validate-schema.ts'
import type { ApiContext, ResourceTarget } from './api-context.ts'
import { refuse } from './api-request.ts'
import { badRequest, invalid } from '../machinery/status-errors.ts'
import type { Schema } from '../resources/schema.ts'
import { asJson, isKubeObject, section } from './stored-object.ts'
import type { WriteOptions } from './write-options.ts'

/** Kinds that Kubernetes itself serves; the others are custom resources there, with other words for wrong types. */
export const isBuiltIn = isKubernetesKind

const cannotHandle = (target: ResourceTarget, why: string): never =>
  refuse(
    badRequest(
      `${target.kind.kind} in version "${target.version}" cannot be handled as a ${target.kind.kind}: ${why}`,
    ),
  )

// What the system writes is not held to `required`: in Go those fields always have a value.
const isSystemField = (error: FieldError): boolean =>
  error.reason === 'FieldValueRequired' && /^(status|metadata)\b/.test(error.field)

/** Fields that are unknown or there twice: throws 400, warns, or is silent, as the client asked. */
export const reportFieldProblems = (
  target: ResourceTarget,
  problems: readonly string[],
  options: WriteOptions,
): void => {
  if (problems.length === 0 || options.fieldValidation === 'Ignore') return
  if (options.fieldValidation === 'Strict')
    cannotHandle(target, `strict decoding error: ${problems.join(', ')}`)
  for (const problem of problems) options.warnings.add(problem)
}

/** `written`: as the client sent it, for a field that nobody knows may have no value. */
const reportUnknown = (
  context: ApiContext,
  target: ResourceTarget,
  written: JsonValue,
  options: WriteOptions,
): void => {
  if (options.fieldValidation === 'Ignore') return
  const unknown = findUnknownFields(target.kind.schema(target.version), context.schemaLibrary, written)
  const problems = unknown.map(({ message }) => message)
  reportFieldProblems(target, problems, options)
}

/**
 * Throws 400 for wrong types in Kubernetes' own kinds (it cannot read them), 400 for unknown fields where the client
 * wants that, and 422 for all else that the schema refuses: whoever mistypes a required field reads of the mistake, not
 * of what is missing for it.
 */
const refuseSchemaErrors = (
  context: ApiContext,
  target: ResourceTarget,
  { object, written }: { readonly object: KubeObject; readonly written: JsonValue },
  options: WriteOptions,
): void => {
  const { kind, version } = target
  const errors = validateAgainstSchema(kind.schema(version), context.schemaLibrary, object).filter(
    (error) => !isSystemField(error),
  )
  const mismatches = errors.filter(({ reason }) => reason === 'FieldValueTypeInvalid')
  if (mismatches.length > 0 && isBuiltIn(kind)) {
    cannotHandle(target, mismatches.map(formatFieldError).join(', '))
  }
  reportUnknown(context, target, written, options)
  if (errors.length === 0) return
  const { name } = object.metadata
  refuse(invalid(kind, typeof name === 'string' ? name : '', errors))
}

/** A custom resource keeps its nulls: its schema says what they mean. */
const withPlainMetadata = (object: JsonObject): JsonObject => {
  const { metadata } = object
  return isJsonObject(metadata) ? { ...object, metadata: withoutNulls(metadata) } : object
}

/** Checks apiVersion and kind against the path (absent ones are filled in); throws the ApiError 400 when they differ. */
const expectKind = (target: ResourceTarget, value: JsonValue): KubeObject => {
  if (!isJsonObject(value)) {
    return refuse(badRequest('the request body is not an object: send one object of the API'))
  }
  const named = {
    apiVersion: target.apiVersion,
    kind: target.kind.kind,
    metadata: {},
    ...(target.kind.custom === undefined ? withoutNulls(value) : withPlainMetadata(value)),
  }
  if (named.apiVersion !== target.apiVersion) {
    refuse(
      badRequest(
        `the API version in the data (${String(named.apiVersion)}) does not match the expected API version (${target.apiVersion})`,
      ),
    )
  }
  if (named.kind !== target.kind.kind) {
    refuse(
      badRequest(
        `the kind in the data (${String(named.kind)}) does not match the expected kind (${target.kind.kind})`,
      ),
    )
  }
  return isKubeObject(named)
    ? named
    : cannotHandle(target, 'metadata: must be of type object: write name and labels below it')
}

const META: Schema = {
  type: 'object',
  properties: { metadata: { $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' } },
}

/** A custom resource without unknown fields; its types are checked once its defaults are there. */
const checkedCustom = (
  context: ApiContext,
  target: ResourceTarget,
  object: KubeObject,
  how: { readonly shape: CustomShape; readonly options: WriteOptions },
): KubeObject => {
  const library = context.schemaLibrary
  const { metadata } = object
  const mismatches = validateAgainstSchema(META, library, { metadata: section(object, 'metadata') }).filter(
    (error) => !isSystemField(error),
  )
  if (mismatches.length > 0) cannotHandle(target, mismatches.map(formatFieldError).join(', '))
  const unknownMeta = findUnknownFields(META, library, { metadata: section(object, 'metadata') })
  const pruned = how.shape.prune(asJson(object))
  const unknown = pruned.unknown.map((path) => `unknown field ${JSON.stringify(path)}`)
  reportFieldProblems(target, [...unknownMeta.map(({ message }) => message), ...unknown], how.options)
  return {
    ...pruned.object,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: pruneUnknownFields(META, library, { ...object, metadata }).metadata,
  }
}

/** The object with its types checked and unknown fields dropped (and reported), as the client sent it otherwise. */
export const checkedObject = (
  context: ApiContext,
  target: ResourceTarget,
  value: JsonValue,
  options: WriteOptions,
): KubeObject => {
  const object = expectKind(target, value)
  const shape = target.kind.custom
  if (shape !== undefined) return checkedCustom(context, target, object, { shape, options })
  refuseSchemaErrors(context, target, { object, written: value }, options)
  return pruneUnknownFields(target.kind.schema(target.version), context.schemaLibrary, object)
}

/** The same with defaults applied. */
export const decodeObject = (
  context: ApiContext,
  target: ResourceTarget,
  value: JsonValue,
  options: WriteOptions,
): KubeObject => target.kind.applyDefaults(checkedObject(context, target, value, options))
