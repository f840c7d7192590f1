/** The OpenAPI v3 documents that kubectl reads: explain, strict validation, server-side apply, strategic merge. */
import type { JsonObject } from '../../primitives/json-value.ts'
import type { Kind } from '../kind.ts'
import { schemaLibrary } from '../schema-library.ts'
import { schemaNameOf } from '../schema-name.ts'
import type { Schema, SchemaLibrary } from '../schema.ts'
import { openApiBodies, openApiParameters, openApiPaths } from './openapi-paths.ts'
import { openApiSchema, withReferences } from './openapi-schema.ts'

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

const PATCH: Schema = {
  description: 'Patch is provided to give a concrete name and type to the Kubernetes PATCH request body.',
  type: 'object',
}

const kindsOf = (kinds: readonly Kind[], group: string, version: string): readonly Kind[] =>
  kinds.filter((kind) => kind.group === group && kind.versions.includes(version))

/** The document of one group and version; undefined when no kind is served there. */
export const openApiDocument = (
  kinds: readonly Kind[],
  group: string,
  version: string,
): JsonObject | undefined => {
  const served = kindsOf(kinds, group, version)
  if (served.length === 0) return undefined
  const byName = new Map(served.map((kind) => [schemaNameOf(group, version, kind.kind), kind]))
  const library: SchemaLibrary = (name) => {
    const kind = byName.get(name)
    return kind === undefined ? schemaLibrary(name) : kind.schema(version)
  }
  const found = withReferences([...byName.keys(), `${META}.DeleteOptions`, `${META}.Status`], library)
  const schemas = [...found, [`${META}.Patch`, PATCH] as const].map(([name, schema]) => {
    const kind = byName.get(name)
    const gvk =
      kind === undefined ? {} : { 'x-kubernetes-group-version-kind': [{ group, kind: kind.kind, version }] }
    return [name, { ...openApiSchema(schema), ...gvk }] as const
  })
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths: Object.fromEntries(served.flatMap((kind) => openApiPaths(kind, version))),
    components: {
      parameters: openApiParameters,
      ...openApiBodies([...byName.keys()]),
      schemas: Object.fromEntries(schemas.sort(([left], [right]) => (left < right ? -1 : 1))),
    },
  }
}

/** Every group and version that has a document, with the path under /openapi/v3/: `api/v1`, `apis/apps/v1`. */
export const openApiGroupVersions = (
  kinds: readonly Kind[],
): readonly { readonly group: string; readonly version: string; readonly path: string }[] => {
  const all = kinds.flatMap(({ group, versions }) => versions.map((version) => ({ group, version })))
  const byPath = new Map(
    all.map(({ group, version }) => {
      const path = group === '' ? `api/${version}` : `apis/${group}/${version}`
      return [path, { group, version, path }]
    }),
  )
  return [...byPath.values()]
}

/** The answer of /openapi/v3. `hashOf` changes with the document, so that clients may cache it. */
export const openApiIndex = (kinds: readonly Kind[], hashOf: (path: string) => string): JsonObject => ({
  paths: Object.fromEntries(
    openApiGroupVersions(kinds).map(({ path }) => [
      path,
      { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOf(path)}` },
    ]),
  ),
})
