/** Requests for a subresource of an object: status, scale, finalize, and those of pods. */
import { scaleKind } from '../resources/virtual/scale-kind.ts'
import type { KubeObject } from '../resources/kube-object.ts'
import { requestToken } from './access/token-request.ts'
import type { ApiContext, ObjectTarget } from './api-context.ts'
import { refuse, type ApiAnswer, type ApiRequest } from './api-request.ts'
import { bodyValue } from './body-value.ts'
import { badRequest, methodNotAllowed, pathNotFound } from '../machinery/status-errors.ts'
import { trackUpdate } from './field-managers.ts'
import { objectAnswer, storedAnswer } from './object-answer.ts'
import { patchObject, patchScale } from './patch-object.ts'
import { bindPod, evictPod } from './pod-actions.ts'
import { podLogs } from './pod-streams.ts'
import { proxySubresource } from './proxy-subresource.ts'
import { replaceObject } from './replace-object.ts'
import { scaledTo, scaleOf } from './scale-subresource.ts'
import { asJson, decodeStored, section } from './stored-object.ts'
import { storedOf, updateObject } from './update-object.ts'
import { writeOptionsOf } from './write-options.ts'

const status = (context: ApiContext, target: ObjectTarget, request: ApiRequest): Promise<ApiAnswer> => {
  const { kind, apiVersion } = target
  switch (request.method) {
    case 'HEAD':
    case 'GET': {
      const now = context.clock.now()
      return Promise.resolve(storedAnswer(storedOf(context, target), { kind, apiVersion, request, now }))
    }
    case 'PUT':
      return replaceObject(context, target, request, 'status')
    case 'PATCH':
      return patchObject(context, target, request, 'status')
    default:
      return Promise.resolve(refuse(methodNotAllowed()))
  }
}

const putScale = async (
  context: ApiContext,
  target: ObjectTarget,
  request: ApiRequest,
): Promise<KubeObject> => {
  const options = writeOptionsOf(request)
  const scale = await bodyValue(request)
  return updateObject(context, target, {
    options,
    part: 'main',
    propose: (old) => scaledTo(target.kind, old, scale),
    track: (object, old) => trackUpdate(context, target, { object, old, options }),
  })
}

const scale = async (context: ApiContext, target: ObjectTarget, request: ApiRequest): Promise<ApiAnswer> => {
  const { kind, apiVersion } = target
  const answer = (object: KubeObject): ApiAnswer =>
    objectAnswer(200, scaleOf(kind, object), { kind: scaleKind, request, now: context.clock.now() })
  switch (request.method) {
    case 'HEAD':
    case 'GET':
      return answer(decodeStored(kind, apiVersion, storedOf(context, target)))
    case 'PUT':
      return answer(await putScale(context, target, request))
    case 'PATCH':
      return answer(await patchScale(context, target, request))
    default:
      return refuse(methodNotAllowed())
  }
}

/** PUT namespaces/x/finalize: writes spec.finalizers alone; the namespace goes when none is left. */
const finalize = async (
  context: ApiContext,
  target: ObjectTarget,
  request: ApiRequest,
): Promise<ApiAnswer> => {
  if (request.method !== 'PUT') return refuse(methodNotAllowed())
  const options = writeOptionsOf(request)
  const body = await bodyValue(request)
  const finalizers = section(
    asJson({ apiVersion: 'v1', kind: '', metadata: { name: '' }, ...Object(body) }),
    'spec',
  )['finalizers']
  const object = await updateObject(context, target, {
    options,
    part: 'all',
    propose: (old) => ({ ...old, ...{ spec: { ...section(old, 'spec'), finalizers: finalizers ?? [] } } }),
    track: (changed) => changed,
  })
  return objectAnswer(200, object, { kind: target.kind, request, now: context.clock.now() })
}

const other = async (context: ApiContext, target: ObjectTarget, request: ApiRequest): Promise<ApiAnswer> => {
  const { method } = request
  switch (target.subresource) {
    case 'log':
      return method === 'GET' ? podLogs(context, target, request) : refuse(methodNotAllowed())
    case 'exec':
    case 'attach':
    case 'portforward':
      return refuse(badRequest('Upgrade request required'))
    case 'token':
      return method === 'POST' ? requestToken(context, target, request) : refuse(methodNotAllowed())
    case 'binding':
      if (method !== 'POST') return refuse(methodNotAllowed())
      return bindPod(context, target, await bodyValue(request), writeOptionsOf(request))
    case 'eviction':
      if (method !== 'POST') return refuse(methodNotAllowed())
      return evictPod(context, target, await bodyValue(request), {
        options: writeOptionsOf(request),
        request,
      })
    default:
      return refuse(pathNotFound())
  }
}

/** Answers a request for a subresource; throws ApiError, 404 for one that the kind does not have. */
export const handleSubresource = async (
  context: ApiContext,
  target: ObjectTarget,
  request: ApiRequest,
): Promise<ApiAnswer> => {
  const { kind, subresource = '' } = target
  if (subresource === 'proxy') return proxySubresource(context, target, request)
  if (target.rest !== undefined) return refuse(pathNotFound())
  if (subresource === 'status' && kind.subresources.status) return status(context, target, request)
  if (subresource === 'scale' && kind.subresources.scale !== undefined) return scale(context, target, request)
  if (subresource === 'finalize' && kind.kind === 'Namespace' && kind.group === '') {
    return finalize(context, target, request)
  }
  return kind.subresources.others?.includes(subresource) === true
    ? other(context, target, request)
    : refuse(pathNotFound())
}
