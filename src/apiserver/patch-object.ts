/** PATCH: JSON patch, merge patch, strategic merge patch and server-side apply. */
import { isApiError } from '../machinery/api-error.ts'
import { applyJsonPatch, maximumJsonPatchOperations } from '../machinery/json-patch.ts'
import { applyMergePatch } from '../machinery/merge-patch.ts'
import type { PatchKind } from '../machinery/ports.ts'
import type { PatchFailure } from '../machinery/patch-failure.ts'
import { applyStrategicMergePatch } from '../machinery/strategic-merge-patch.ts'
import { isJsonObject, type JsonValue } from '../primitives/json-value.ts'
import { ok, type Result } from '../primitives/result.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import type { ApiContext, ObjectTarget } from './api-context.ts'
import { orThrow, queryFlag, refuse, type ApiAnswer, type ApiRequest } from './api-request.ts'
import { withWarnings } from './body-value.ts'
import { parseMediaTypes } from './content-negotiation.ts'
import { createObject } from './create-object.ts'
import { checkedObject, decodeObject, isBuiltIn } from './decode-object.ts'
import {
  badRequest,
  notFound,
  patchFailed,
  unsupportedMediaType,
  patchTooLong,
} from '../machinery/status-errors.ts'
import { appliedObject, trackUpdate } from './field-managers.ts'
import { objectAnswer } from './object-answer.ts'
import { decodeBody } from './request-body.ts'
import { scaledTo, scaleOf } from './scale-subresource.ts'
import { asJson, objectKey } from './stored-object.ts'
import { updateObject } from './update-object.ts'
import { writeOptionsOf, type WriteOptions } from './write-options.ts'

const patchTypes: Readonly<Record<string, PatchKind>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}

const patchKindOf = (target: ObjectTarget, request: ApiRequest): PatchKind => {
  const type = parseMediaTypes(request.headers['content-type'] ?? '')[0]?.type ?? ''
  const kind = patchTypes[type]
  // Custom resources have no strategic merge: kubectl then sends a merge patch by itself.
  const accepted = Object.keys(patchTypes).filter(
    (name) => isBuiltIn(target.kind) || patchTypes[name] !== 'strategic',
  )
  return kind !== undefined && accepted.includes(type) ? kind : refuse(unsupportedMediaType(accepted))
}

const patchBody = async (request: ApiRequest, kind: PatchKind): Promise<JsonValue> =>
  orThrow(decodeBody(orThrow(await request.readBody()), kind === 'apply' ? 'yaml' : 'json'))

/** The patched value; throws 400 for a malformed patch, 422 for one that does not fit the object. */
const patched = (
  context: ApiContext,
  target: ObjectTarget,
  value: JsonValue,
  patch: { readonly kind: Exclude<PatchKind, 'apply'>; readonly body: JsonValue },
): JsonValue => {
  const result = ((): Result<JsonValue, PatchFailure> => {
    switch (patch.kind) {
      case 'json':
        return applyJsonPatch(value, patch.body)
      case 'merge':
        return ok(applyMergePatch(value, patch.body))
      case 'strategic':
        return applyStrategicMergePatch(
          value,
          patch.body,
          target.kind.schema(target.version),
          context.schemaLibrary,
        )
    }
  })()
  return result.ok ? result.value : refuse(patchFailed(result.error))
}

const proposedBy = (
  context: ApiContext,
  target: ObjectTarget,
  old: KubeObject,
  patch: {
    readonly kind: Exclude<PatchKind, 'apply'>
    readonly body: JsonValue
    readonly options: WriteOptions
  },
): KubeObject => {
  if (patch.kind !== 'json' && !isJsonObject(patch.body)) {
    refuse(badRequest('a patch of this type is an object: write the fields to change'))
  }
  if (Array.isArray(patch.body) && patch.body.length > maximumJsonPatchOperations) {
    throw patchTooLong(maximumJsonPatchOperations, patch.body.length)
  }
  return decodeObject(context, target, patched(context, target, asJson(old), patch), patch.options)
}

const applyPatch = async (
  context: ApiContext,
  target: ObjectTarget,
  config: KubeObject,
  how: { readonly options: WriteOptions; readonly force: boolean; readonly part: 'main' | 'status' },
): Promise<{ readonly object: KubeObject; readonly created: boolean }> => {
  const { options, force, part } = how
  const apply = (old: KubeObject | undefined): KubeObject =>
    orThrow(appliedObject(context, target, { config, ...(old === undefined ? {} : { old }), options, force }))
  const key = objectKey(target.kind, target.namespace, target.name)
  if (context.store.get(key) === undefined) {
    if (part === 'status') return refuse(notFound(target.kind, target.name))
    try {
      const fresh = apply(undefined)
      const { managedFields } = fresh.metadata
      const track = (object: KubeObject): KubeObject => ({
        ...object,
        metadata: { ...object.metadata, ...(managedFields === undefined ? {} : { managedFields }) },
      })
      return { object: await createObject(context, target, fresh, { options, track }), created: true }
    } catch (error) {
      // Somebody created it in between: then it is an update.
      if (!isApiError(error, 409)) throw error
    }
  }
  const object = await updateObject(context, target, {
    options,
    part,
    propose: apply,
    track: (changed) => changed,
  })
  return { object, created: false }
}

const applyObject = async (
  context: ApiContext,
  target: ObjectTarget,
  request: ApiRequest,
  part: 'main' | 'status',
): Promise<ApiAnswer> => {
  const options = writeOptionsOf(request)
  if ((request.query.get('fieldManager') ?? '') === '') {
    refuse(
      badRequest(
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      ),
    )
  }
  const body = await patchBody(request, 'apply')
  if (!isJsonObject(body) || typeof body['apiVersion'] !== 'string' || typeof body['kind'] !== 'string') {
    return refuse(badRequest('an apply patch is an object with apiVersion and kind: write both'))
  }
  const config = checkedObject(context, target, body, options)
  if (config.metadata.managedFields !== undefined) refuse(badRequest('metadata.managedFields must be nil'))
  const force = queryFlag(request.query, 'force')
  const { object, created } = await applyPatch(context, target, config, { options, force, part })
  const answer = objectAnswer(created ? 201 : 200, object, {
    kind: target.kind,
    request,
    now: context.clock.now(),
  })
  return withWarnings(answer, options)
}

/** Answers a PATCH of an object or of its status. */
export const patchObject = async (
  context: ApiContext,
  target: ObjectTarget,
  request: ApiRequest,
  part: 'main' | 'status',
): Promise<ApiAnswer> => {
  const kind = patchKindOf(target, request)
  if (kind === 'apply') return applyObject(context, target, request, part)
  const options = writeOptionsOf(request)
  const body = await patchBody(request, kind)
  const object = await updateObject(context, target, {
    options,
    part,
    propose: (old) => proposedBy(context, target, old, { kind, body, options }),
    track: (changed, old) => trackUpdate(context, target, { object: changed, old, options }),
  })
  const answer = objectAnswer(200, object, { kind: target.kind, request, now: context.clock.now() })
  return withWarnings(answer, options)
}

/** PATCH of the scale subresource: the patch is made for the Scale, the object gets its replicas. */
export const patchScale = async (
  context: ApiContext,
  target: ObjectTarget,
  request: ApiRequest,
): Promise<KubeObject> => {
  const kind = patchKindOf(target, request)
  if (kind !== 'json' && kind !== 'merge')
    return refuse(unsupportedMediaType(Object.keys(patchTypes).slice(0, 2)))
  const options = writeOptionsOf(request)
  const body = await patchBody(request, kind)
  return updateObject(context, target, {
    options,
    part: 'main',
    propose: (old) =>
      scaledTo(target.kind, old, patched(context, target, scaleOf(target.kind, old), { kind, body })),
    track: (object, old) => trackUpdate(context, target, { object, old, options }),
  })
}
