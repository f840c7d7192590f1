/** The CustomResourceDefinition that stands for a kind of the table which is a custom resource in Kubernetes. */
import type { Kind } from '../kind.ts'
import type { Schema, SchemaLibrary } from '../schema.ts'
import type { CustomResourceDefinition } from './custom-resource-definition.ts'

const mapValues = (
  fields: Readonly<Record<string, Schema>>,
  inline: (schema: Schema) => Schema,
): Readonly<Record<string, Schema>> =>
  Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, inline(schema)]))

const dereferenced = (schema: Schema, library: SchemaLibrary): Schema => {
  const { $ref, ...own } = schema
  return $ref === undefined ? own : { ...dereferenced(library($ref), library), ...own }
}

/** A structural schema says the type of everything; a number that may be text has an extension of its own. */
const withType = (schema: Schema): Schema => {
  const { anyOf, description } = schema
  const isOpen =
    schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true
  if (schema.type !== undefined || isOpen) return schema
  const isEither = anyOf?.every(({ type }) => type === 'integer' || type === 'string') === true
  const told = description === undefined ? {} : { description }
  return isEither
    ? { ...told, 'x-kubernetes-int-or-string': true }
    : { ...told, 'x-kubernetes-preserve-unknown-fields': true }
}

/** The schema without references: definitions have none. */
const inlined = (schema: Schema, library: SchemaLibrary): Schema => {
  const inline = (inner: Schema): Schema => inlined(inner, library)
  const whole = withType(dereferenced(schema, library))
  const { properties, items, additionalProperties: values } = whole
  return {
    ...whole,
    ...(properties === undefined ? {} : { properties: mapValues(properties, inline) }),
    ...(items === undefined ? {} : { items: inline(items) }),
    ...(typeof values === 'object' ? { additionalProperties: inline(values) } : {}),
  }
}

const definitionSchemaOf = (kind: Kind, version: string, library: SchemaLibrary): Schema => {
  const { metadata: _metadata, ...properties } = kind.schema(version).properties ?? {}
  return inlined({ ...kind.schema(version), type: 'object', properties }, library)
}

const GATEWAY_API_APPROVAL = 'https://github.com/kubernetes-sigs/gateway-api/pull/3328'

/** What `kubectl get crd` shows for the kind, without a status. */
export const builtInDefinition = (kind: Kind, library: SchemaLibrary): CustomResourceDefinition => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `${kind.plural}.${kind.group}`,
    ...(kind.group.endsWith('.k8s.io')
      ? { annotations: { 'api-approved.kubernetes.io': GATEWAY_API_APPROVAL } }
      : {}),
  },
  spec: {
    group: kind.group,
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    names: {
      plural: kind.plural,
      singular: kind.singular,
      kind: kind.kind,
      listKind: `${kind.kind}List`,
      ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
      ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    },
    versions: kind.versions.map((name, index) => ({
      name,
      served: true,
      storage: index === 0,
      schema: { openAPIV3Schema: definitionSchemaOf(kind, name, library) },
      ...(kind.subresources.status ? { subresources: { status: {} } } : {}),
    })),
  },
})
