/** PATCH: JSON patch, merge patch, strategic merge patch and server-side apply. */
import type { KubeObject } from '../resources/kube-object.ts'
import type { ApiContext, ObjectTarget } from './api-context.ts'
import { refuse, type ApiAnswer, type ApiRequest } from './api-request.ts'
import { methodNotAllowed } from './failures.ts'

export const patchObject = async (_c: ApiContext, _t: ObjectTarget, _r: ApiRequest, _p: 'main' | 'status'): Promise<ApiAnswer> => refuse(methodNotAllowed())
export const patchScale = async (_c: ApiContext, _t: ObjectTarget, _r: ApiRequest): Promise<KubeObject> => refuse(methodNotAllowed())
