/** One request for a resource of the table of kinds: finds its verb and answers it. */
import { metricsGroup } from '../resources/virtual/metrics-kinds.ts'
import { answerMetrics } from './metrics/answer-metrics.ts'
import { isApiError } from '../machinery/api-error.ts'
import { isJsonObject } from '../primitives/json-value.ts'
import { answerReview } from './access/reviews.ts'
import type { Identity } from './admission.ts'
import type { ApiContext, ObjectTarget, ResourceTarget } from './api-context.ts'
import {
  jsonAnswer,
  queryFlag,
  refuse,
  successAnswer,
  type ApiAnswer,
  type ApiRequest,
  type BodyAnswer,
} from './api-request.ts'
import { objectValue, optionalBodyValue, withWarnings } from './body-value.ts'
import { createObject } from './create-object.ts'
import { decodeObject } from './decode-object.ts'
import { deleteObject, deleteOptionsOf, type Deletion } from './delete-object.ts'
import { methodNotAllowed, pathNotFound } from '../machinery/status-errors.ts'
import { trackUpdate } from './field-managers.ts'
import { apiVersionOf, listKindOf } from './kind-index.ts'
import { answersDeletedObject } from './kind-strategies.ts'
import { listObjects, selectedObjects } from './list-objects.ts'
import { objectAnswer, requireAcceptable, storedAnswer } from './object-answer.ts'
import { patchObject } from './patch-object.ts'
import type { ResourcePath } from './request-path.ts'
import { replaceObject } from './replace-object.ts'
import { handleSubresource } from './subresource-handler.ts'
import { storedOf } from './update-object.ts'
import { watchObjects } from './watch-objects.ts'
import { writeOptionsOf } from './write-options.ts'

/** Finds the path's kind in the table; throws 404 for an unknown one, or a namespace on a cluster-scoped kind. */
export const targetOf = (context: ApiContext, path: ResourcePath, user: Identity): ResourceTarget => {
  const kind = context.index.byPlural(path.group, path.version, path.plural)
  if (kind === undefined || (path.namespace !== undefined && !kind.namespaced)) return refuse(pathNotFound())
  if (kind.namespaced && path.namespace === undefined && path.name !== undefined)
    return refuse(pathNotFound())
  return {
    kind,
    version: path.version,
    apiVersion: apiVersionOf(path.group, path.version),
    ...(path.namespace === undefined ? {} : { namespace: path.namespace }),
    ...(path.name === undefined ? {} : { name: path.name }),
    ...(path.subresource === undefined ? {} : { subresource: path.subresource }),
    ...(path.rest === undefined ? {} : { rest: path.rest }),
    user,
  }
}

const create = async (
  context: ApiContext,
  target: ResourceTarget,
  request: ApiRequest,
): Promise<ApiAnswer> => {
  if (target.kind.namespaced && target.namespace === undefined) return refuse(methodNotAllowed())
  const options = writeOptionsOf(request)
  const decoded = decodeObject(context, target, await objectValue(request, target, options), options)
  const track = (object: typeof decoded): typeof decoded => trackUpdate(context, target, { object, options })
  const object = await createObject(context, target, decoded, { options, track })
  const answer = objectAnswer(201, object, { kind: target.kind, request, now: context.clock.now() })
  return withWarnings(answer, options)
}

const deletionAnswer = (
  context: ApiContext,
  target: ObjectTarget,
  deletion: Deletion,
  request: ApiRequest,
): BodyAnswer => {
  const { kind } = target
  const { object, gone } = deletion
  if (!gone || answersDeletedObject(kind))
    return objectAnswer(200, object, { kind, request, now: context.clock.now() })
  return successAnswer(200, {
    name: object.metadata.name,
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.plural,
    uid: object.metadata.uid,
  })
}

const deleteOne = async (
  context: ApiContext,
  target: ObjectTarget,
  request: ApiRequest,
): Promise<ApiAnswer> => {
  const options = writeOptionsOf(request)
  const body = await optionalBodyValue(request)
  const dryRun =
    options.dryRun || (isJsonObject(body) && Array.isArray(body['dryRun']) && body['dryRun'].includes('All'))
  const deletion = await deleteObject(context, target, deleteOptionsOf(body, request.query), {
    ...options,
    dryRun,
  })
  return deletionAnswer(context, target, deletion, request)
}

const deleteCollection = async (
  context: ApiContext,
  target: ResourceTarget,
  request: ApiRequest,
): Promise<ApiAnswer> => {
  if (target.kind.namespaced && target.namespace === undefined) return refuse(methodNotAllowed())
  const options = writeOptionsOf(request)
  const deleteOptions = deleteOptionsOf(await optionalBodyValue(request), request.query)
  const items: unknown[] = []
  for (const object of selectedObjects(context, target, request.query)) {
    const one: ObjectTarget = { ...target, name: object.metadata.name }
    try {
      items.push((await deleteObject(context, one, deleteOptions, options)).object)
    } catch (error) {
      // Somebody else deleted it meanwhile: that is what was asked for.
      if (!isApiError(error, 404)) throw error
    }
  }
  const { kind, apiVersion } = target
  const metadata = { resourceVersion: String(context.store.revision()) }
  return jsonAnswer(200, { kind: listKindOf(kind), apiVersion, metadata, items })
}

const handleObject = async (
  context: ApiContext,
  target: ObjectTarget,
  request: ApiRequest,
): Promise<ApiAnswer> => {
  const { kind, apiVersion } = target
  switch (request.method) {
    case 'HEAD':
    case 'GET':
      if (queryFlag(request.query, 'watch')) return watchObjects(context, target, request)
      return storedAnswer(storedOf(context, target), { kind, apiVersion, request, now: context.clock.now() })
    case 'PUT':
      return replaceObject(context, target, request, 'main')
    case 'PATCH':
      return patchObject(context, target, request, 'main')
    case 'DELETE':
      return deleteOne(context, target, request)
    default:
      return refuse(methodNotAllowed())
  }
}

const handleCollection = async (
  context: ApiContext,
  target: ResourceTarget,
  request: ApiRequest,
): Promise<ApiAnswer> => {
  switch (request.method) {
    case 'HEAD':
    case 'GET':
      return queryFlag(request.query, 'watch')
        ? watchObjects(context, target, request)
        : listObjects(context, target, request)
    case 'POST':
      return create(context, target, request)
    case 'DELETE':
      return deleteCollection(context, target, request)
    default:
      return refuse(methodNotAllowed())
  }
}

/** Answers any request below /api/v1/ and /apis/<group>/<version>/; throws ApiError for what it refuses. */
export const handleResource = async (
  context: ApiContext,
  path: ResourcePath,
  request: ApiRequest,
  user: Identity,
): Promise<ApiAnswer> => {
  const target = targetOf(context, path, user)
  const { name } = target
  if (target.subresource === undefined) requireAcceptable(target, request)
  if (target.kind.group === metricsGroup) return answerMetrics(context, target, request)
  if (target.kind.verbs !== undefined) return answerReview(context, target, request)
  if (path.watch) {
    if (request.method !== 'GET') return refuse(methodNotAllowed())
    return watchObjects(context, target, request)
  }
  if (name === undefined) return handleCollection(context, target, request)
  const object: ObjectTarget = { ...target, name }
  return target.subresource === undefined
    ? handleObject(context, object, request)
    : handleSubresource(context, object, request)
}
