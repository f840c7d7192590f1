/** The paths of a kind in its OpenAPI v3 document, with what kubectl reads from them. */
import type { JsonObject, JsonValue } from '../../primitives/json-value.ts'
import type { Kind } from '../kind.ts'
import { isKubernetesKind } from '../kubernetes-groups.ts'
import { schemaNameOf } from '../schema-name.ts'

const JSON_TYPES = ['application/json', 'application/yaml']
const PATCH_TYPES = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]

const queryParameter = (name: string, type: string, description: string): JsonObject => ({
  name,
  in: 'query',
  description,
  schema: { type, uniqueItems: true },
})

const PRETTY = queryParameter('pretty', 'string', "If 'true', then the output is pretty printed.")

/** kubectl checks for `fieldValidation` before it relies on validation by the server. */
const WRITE_PARAMETERS: readonly JsonObject[] = [
  queryParameter(
    'dryRun',
    'string',
    'When present, indicates that modifications should not be persisted. Valid values are: All.',
  ),
  queryParameter('fieldManager', 'string', 'The name of the actor that is making these changes.'),
  queryParameter(
    'fieldValidation',
    'string',
    'What to do with unknown or duplicate fields: Ignore, Warn or Strict.',
  ),
]

const FORCE = queryParameter(
  'force',
  'boolean',
  'Force is going to "force" Apply requests: conflicting fields of other managers are taken over.',
)

const LIST_PARAMETERS: readonly JsonObject[] = [
  queryParameter('allowWatchBookmarks', 'boolean', 'Ask for watch events of type BOOKMARK.'),
  queryParameter('continue', 'string', 'The token of a list that goes on.'),
  queryParameter('fieldSelector', 'string', 'Restrict the list by fields.'),
  queryParameter('labelSelector', 'string', 'Restrict the list by labels.'),
  queryParameter('limit', 'integer', 'The largest number of items in one answer.'),
  queryParameter('resourceVersion', 'string', 'The oldest version that the answer may show.'),
  queryParameter('resourceVersionMatch', 'string', 'How resourceVersion is applied to a list.'),
  queryParameter('sendInitialEvents', 'boolean', 'Send the state as events before the changes.'),
  queryParameter('timeoutSeconds', 'integer', 'How long a list or watch may last.'),
  queryParameter('watch', 'boolean', 'Send changes as they happen.'),
]

const pathParameter = (name: string, description: string): JsonObject => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string', uniqueItems: true },
})

const content = (types: readonly string[], schema: string): JsonObject =>
  Object.fromEntries(types.map((type) => [type, { schema: { $ref: `#/components/schemas/${schema}` } }]))

interface Operation {
  readonly action: 'get' | 'list' | 'post' | 'put' | 'patch' | 'delete' | 'deletecollection'
  readonly parameters: readonly JsonObject[]
  readonly body?: JsonObject
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

const operation = (kind: Kind, version: string, { action, parameters, body }: Operation): JsonObject => {
  const name = schemaNameOf(kind.group, version, kind.kind)
  const answer = action === 'delete' || action === 'deletecollection' ? `${META}.Status` : name
  return {
    tags: [kind.group === '' ? 'core_v1' : `${kind.group.split('.')[0] ?? ''}_${version}`],
    operationId: `${action}${kind.group}${version}${kind.kind}`,
    parameters,
    ...(body === undefined ? {} : { requestBody: { required: true, content: body } }),
    responses: { '200': { description: 'OK', content: content(JSON_TYPES, answer) } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: kind.group, version, kind: kind.kind },
  }
}

const collection = (kind: Kind, version: string): JsonObject => {
  const body = content(JSON_TYPES, schemaNameOf(kind.group, version, kind.kind))
  return {
    get: operation(kind, version, { action: 'list', parameters: LIST_PARAMETERS }),
    post: operation(kind, version, { action: 'post', parameters: WRITE_PARAMETERS, body }),
    delete: operation(kind, version, { action: 'deletecollection', parameters: LIST_PARAMETERS }),
  }
}

const single = (kind: Kind, version: string, canDelete: boolean): JsonObject => {
  const name = schemaNameOf(kind.group, version, kind.kind)
  // Custom resources have no strategic merge patch: kubectl falls back to a JSON merge patch.
  const patchTypes = isKubernetesKind(kind) ? PATCH_TYPES : PATCH_TYPES.slice(0, 3)
  return {
    get: operation(kind, version, { action: 'get', parameters: [] }),
    put: operation(kind, version, {
      action: 'put',
      parameters: WRITE_PARAMETERS,
      body: content(JSON_TYPES, name),
    }),
    patch: operation(kind, version, {
      action: 'patch',
      parameters: [...WRITE_PARAMETERS, FORCE],
      body: content(patchTypes, `${META}.Patch`),
    }),
    ...(canDelete
      ? {
          delete: operation(kind, version, {
            action: 'delete',
            parameters: WRITE_PARAMETERS.slice(0, 1),
            body: content(JSON_TYPES, `${META}.DeleteOptions`),
          }),
        }
      : {}),
  }
}

/** The paths of one kind in one version. */
export const openApiPaths = (kind: Kind, version: string): readonly (readonly [string, JsonValue])[] => {
  const base = kind.group === '' ? `/api/${version}` : `/apis/${kind.group}/${version}`
  const scope = kind.namespaced ? `${base}/namespaces/{namespace}/${kind.plural}` : `${base}/${kind.plural}`
  const inNamespace = kind.namespaced ? [pathParameter('namespace', 'object name and auth scope')] : []
  if (kind.verbs !== undefined) {
    const { post } = collection(kind, version)
    return post === undefined ? [] : [[scope, { post, parameters: [...inNamespace, PRETTY] }]]
  }
  const named = [pathParameter('name', `name of the ${kind.kind}`), ...inNamespace, PRETTY]
  return [
    [scope, { ...collection(kind, version), parameters: [...inNamespace, PRETTY] }],
    ...(kind.namespaced
      ? [
          [
            `${base}/${kind.plural}`,
            {
              get: operation(kind, version, { action: 'list', parameters: [] }),
              parameters: [...LIST_PARAMETERS, PRETTY],
            },
          ] as const,
        ]
      : []),
    [`${scope}/{name}`, { ...single(kind, version, true), parameters: named }],
    ...(kind.subresources.status
      ? [[`${scope}/{name}/status`, { ...single(kind, version, false), parameters: named }] as const]
      : []),
  ]
}
