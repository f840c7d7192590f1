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

type Parameter = JsonObject & { readonly name: string }

const queryParameter = (name: string, type: string, description: string): Parameter => ({
  name,
  in: 'query',
  description,
  schema: { type, uniqueItems: true },
})

const PRETTY = queryParameter('pretty', 'string', "If 'true', then the output is pretty printed.")

const pathParameter = (name: string, description: string): Parameter => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string', uniqueItems: true },
})

const NAME = pathParameter('name', 'name of the object')
const NAMESPACE = pathParameter('namespace', 'object name and auth scope')

/** kubectl checks for `fieldValidation` before it relies on validation by the server. */
const WRITE_PARAMETERS: readonly Parameter[] = [
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

const LIST_PARAMETERS: readonly Parameter[] = [
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

/**
 * The parameters that paths refer to, by name: written once in a document. kubectl parses the whole document of a group
 * twice in each `apply`, so its size is time that users wait (bench/README.md).
 */
export const openApiParameters: Readonly<Record<string, JsonObject>> = Object.fromEntries(
  [NAME, NAMESPACE, PRETTY, ...WRITE_PARAMETERS, ...LIST_PARAMETERS].map((parameter) => [
    parameter.name,
    parameter,
  ]),
)

const referTo = ({ name }: Parameter): JsonObject => ({ $ref: `#/components/parameters/${name}` })

const WRITE_REFERENCES = WRITE_PARAMETERS.map(referTo)
const LIST_REFERENCES = LIST_PARAMETERS.map(referTo)

const content = (types: readonly string[], schema: string): JsonObject =>
  Object.fromEntries(types.map((type) => [type, { schema: { $ref: `#/components/schemas/${schema}` } }]))

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const DELETE_OPTIONS = `${META}.DeleteOptions`
const STATUS = `${META}.Status`

/**
 * Bodies and answers that operations refer to, by the name of their schema: those of `names`, a deletion's options and
 * its answer.
 */
export const openApiBodies = (
  names: readonly string[],
): { readonly requestBodies: JsonObject; readonly responses: JsonObject } => ({
  requestBodies: Object.fromEntries(
    [...names, DELETE_OPTIONS].map((name) => [name, { required: true, content: content(JSON_TYPES, name) }]),
  ),
  responses: Object.fromEntries(
    [...names, STATUS].map((name) => [name, { description: 'OK', content: content(JSON_TYPES, name) }]),
  ),
})

const bodyOf = (name: string): JsonObject => ({ $ref: `#/components/requestBodies/${name}` })

interface Operation {
  readonly action: 'get' | 'list' | 'post' | 'put' | 'patch' | 'delete' | 'deletecollection'
  readonly parameters: readonly JsonObject[]
  readonly body?: JsonObject
}

const operation = (kind: Kind, version: string, { action, parameters, body }: Operation): JsonObject => {
  const name = schemaNameOf(kind.group, version, kind.kind)
  const answer = action === 'delete' || action === 'deletecollection' ? STATUS : name
  return {
    tags: [kind.group === '' ? 'core_v1' : `${kind.group.split('.')[0] ?? ''}_${version}`],
    operationId: `${action}${kind.group}${version}${kind.kind}`,
    parameters,
    ...(body === undefined ? {} : { requestBody: body }),
    responses: { '200': { $ref: `#/components/responses/${answer}` } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: kind.group, version, kind: kind.kind },
  }
}

const collection = (kind: Kind, version: string): JsonObject => {
  const body = bodyOf(schemaNameOf(kind.group, version, kind.kind))
  return {
    get: operation(kind, version, { action: 'list', parameters: LIST_REFERENCES }),
    post: operation(kind, version, { action: 'post', parameters: WRITE_REFERENCES, body }),
    delete: operation(kind, version, { action: 'deletecollection', parameters: LIST_REFERENCES }),
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
      parameters: WRITE_REFERENCES,
      body: bodyOf(name),
    }),
    patch: operation(kind, version, {
      action: 'patch',
      // kubectl looks for the name `fieldValidation` here and follows no reference.
      parameters: [...WRITE_PARAMETERS, FORCE],
      body: { required: true, content: content(patchTypes, `${META}.Patch`) },
    }),
    ...(canDelete
      ? {
          delete: operation(kind, version, {
            action: 'delete',
            parameters: WRITE_REFERENCES.slice(0, 1),
            body: bodyOf(DELETE_OPTIONS),
          }),
        }
      : {}),
  }
}

/** The paths of one kind in one version. */
export const openApiPaths = (kind: Kind, version: string): readonly (readonly [string, JsonValue])[] => {
  const base = kind.group === '' ? `/api/${version}` : `/apis/${kind.group}/${version}`
  const scope = kind.namespaced ? `${base}/namespaces/{namespace}/${kind.plural}` : `${base}/${kind.plural}`
  const inNamespace = kind.namespaced ? [referTo(NAMESPACE)] : []
  if (kind.verbs !== undefined) {
    const { post } = collection(kind, version)
    return post === undefined ? [] : [[scope, { post, parameters: [...inNamespace, referTo(PRETTY)] }]]
  }
  const named = [referTo(NAME), ...inNamespace, referTo(PRETTY)]
  return [
    [scope, { ...collection(kind, version), parameters: [...inNamespace, referTo(PRETTY)] }],
    ...(kind.namespaced
      ? [
          [
            `${base}/${kind.plural}`,
            {
              get: operation(kind, version, { action: 'list', parameters: [] }),
              parameters: [...LIST_REFERENCES, referTo(PRETTY)],
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
