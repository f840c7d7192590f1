/** What a request wants to do, in the words of rules (k8s.io/apiserver/pkg/endpoints/request RequestInfo). */
import { refusalWords, type AccessAttributes, type AccessUser } from '../../machinery/access-rules.ts'
import type { ApiError } from '../../machinery/api-error.ts'
import { forbidden, pathForbidden } from '../../machinery/status-errors.ts'
import { queryFlag } from '../api-request.ts'
import type { RequestPath, ResourcePath } from '../request-path.ts'

const verbs: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

const resourceVerb = (method: string, path: ResourcePath, query: URLSearchParams): string => {
  const verb = verbs[method] ?? method.toLowerCase()
  if (path.watch) return 'watch'
  if (path.name !== undefined) return verb
  if (verb === 'get') return queryFlag(query, 'watch') ? 'watch' : 'list'
  return verb === 'delete' ? 'deletecollection' : verb
}

/** A namespace counts as lying in itself. */
const namespaceOf = ({ group, plural, namespace, name }: ResourcePath): string =>
  namespace ?? (group === '' && plural === 'namespaces' ? (name ?? '') : '')

export const accessOf = (
  request: { readonly method: string; readonly path: string; readonly query: URLSearchParams },
  path: Exclude<RequestPath, { readonly kind: 'malformed' }>,
): AccessAttributes => {
  const { method, query } = request
  if (path.kind === 'other') {
    return { type: 'path', verb: method.toLowerCase(), path: request.path }
  }
  const { resource } = path
  return {
    type: 'resource',
    verb: resourceVerb(method, resource, query),
    group: resource.group,
    resource: resource.plural,
    subresource: resource.subresource ?? '',
    name: resource.name ?? '',
    namespace: namespaceOf(resource),
  }
}

/** 403 in Kubernetes' words. */
export const accessDenied = (user: AccessUser, wanted: AccessAttributes): ApiError => {
  const why = refusalWords(user, wanted)
  return wanted.type === 'path'
    ? pathForbidden(why)
    : forbidden({ group: wanted.group, plural: wanted.resource }, wanted.name, why)
}
