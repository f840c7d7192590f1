/** The kinds that a CustomResourceDefinition makes: one row per served version, as each has columns and a shape of its own. */
import { isJsonObject, jsonEqual, type JsonObject } from '../../primitives/json-value.ts'
import { evaluateRules } from '../cel/evaluate-rules.ts'
import { compileRules, type RuleTree } from '../cel/rule-tree.ts'
import type { CustomShape, FieldError, Kind, Subresources } from '../kind.ts'
import type { KubeObject } from '../kube-object.ts'
import { validateMetadata } from '../meta/validate-metadata.ts'
import type { Schema } from '../schema.ts'
import { customColumns } from './custom-columns.ts'
import {
  hasCondition,
  storageVersion,
  type CustomResourceDefinition,
  type DefinitionVersion,
} from './custom-resource-definition.ts'
import { defaultCustom, hasDefaults } from './default-custom.ts'
import { completeNames } from './definition-defaults.ts'
import { pruneCustom } from './prune-custom.ts'
import { validateStructural } from './validate-structural.ts'

const OPEN: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

const TYPE_META: Readonly<Record<string, Schema>> = {
  apiVersion: {
    type: 'string',
    description:
      'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
  },
  kind: {
    type: 'string',
    description:
      'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
  },
  metadata: {
    description:
      "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
    $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
  },
}

/** The schema as clients read it: every resource has its type and ObjectMeta, whatever the definition says of them. */
const publishedSchema = (schema: Schema): Schema => ({
  ...schema,
  properties: { ...schema.properties, ...TYPE_META },
})

// An object of the API is JSON.
const jsonOf = (object: KubeObject): JsonObject => object as unknown as JsonObject
const objectOf = (json: JsonObject): KubeObject => json as unknown as KubeObject

/** Findings after which rules would only say the same in other words, or could not be evaluated. */
const BLOCKING: ReadonlySet<FieldError['reason']> = new Set([
  'FieldValueRequired',
  'FieldValueTypeInvalid',
  'FieldValueTooLong',
  'FieldValueTooMany',
])

const withoutMetaAndStatus = (object: KubeObject, hasStatus: boolean): JsonObject => {
  const { metadata: _metadata, status, ...rest } = jsonOf(object)
  return hasStatus || status === undefined ? rest : { ...rest, status }
}

const subresourcesOf = ({ subresources }: DefinitionVersion): Subresources => ({
  status: subresources?.status !== undefined,
  ...(subresources?.scale === undefined ? {} : { scale: subresources.scale }),
})

const validateWith =
  (schema: Schema, rules: () => RuleTree | undefined) =>
  (object: KubeObject, old?: KubeObject): readonly FieldError[] => {
    const change = { value: jsonOf(object), ...(old === undefined ? {} : { old: jsonOf(old) }) }
    const found = [...validateMetadata(object), ...validateStructural(schema, change)]
    const tree = rules()
    if (tree === undefined || found.some(({ reason }) => BLOCKING.has(reason))) return found
    return [...found, ...evaluateRules(tree, { value: change.value, old: change.old }, '')]
  }

const listKindOf = ({ spec, status }: CustomResourceDefinition): string => {
  const { kind, listKind = `${kind}List` } = completeNames(status?.acceptedNames ?? spec.names)
  return listKind
}

const shapeOf = (
  definition: CustomResourceDefinition,
  version: DefinitionVersion,
  schema: Schema,
): CustomShape => {
  const prune: CustomShape['prune'] = (object) => pruneCustom(schema, object)
  const schemas = definition.spec.versions.map(({ schema: other }) => other?.openAPIV3Schema)
  const isOneShape = schemas.every((other) => jsonEqual(other, schemas[0]))
  return {
    storedVersion: storageVersion(definition),
    listKind: listKindOf(definition),
    isTerminating: definition.metadata.deletionTimestamp !== undefined,
    selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, '')),
    prune,
    ...(isOneShape && !hasDefaults(schema)
      ? {}
      : { fromStored: (object) => defaultCustom(schema, prune(object).object) }),
  }
}

const kindOfVersion = (definition: CustomResourceDefinition, version: DefinitionVersion): Kind => {
  const { group, scope } = definition.spec
  const names = completeNames(definition.status?.acceptedNames ?? definition.spec.names)
  const schema = version.schema?.openAPIV3Schema ?? OPEN
  let compiled: { readonly tree: RuleTree | undefined } | undefined
  const rules = (): RuleTree | undefined => (compiled ??= { tree: compileRules(schema).tree }).tree
  const subresources = subresourcesOf(version)
  const published = publishedSchema(schema)
  const warning =
    version.deprecated === true
      ? [version.deprecationWarning ?? `${group}/${version.name} ${names.kind} is deprecated`]
      : []
  return {
    group,
    kind: names.kind,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    custom: shapeOf(definition, version, schema),
    versions: [version.name],
    subresources,
    columns: customColumns(version.additionalPrinterColumns),
    schema: () => published,
    applyDefaults: (object) => {
      const completed = objectOf(defaultCustom(schema, jsonOf(object)))
      return jsonEqual(completed, object) ? object : completed
    },
    validate: validateWith(schema, rules),
    warnings: () => warning,
    generationChanges: (object, old) =>
      !jsonEqual(
        withoutMetaAndStatus(object, subresources.status),
        withoutMetaAndStatus(old, subresources.status),
      ),
  }
}

/** The rows of the versions that are served, none while the names are not accepted. */
export const customKinds = (definition: CustomResourceDefinition): readonly Kind[] =>
  hasCondition(definition, 'Established')
    ? definition.spec.versions
        .filter(({ served }) => served)
        .map((version) => kindOfVersion(definition, version))
    : []

/** Tells whether an object read from the store has what a definition needs. */
export const isDefinition = (object: unknown): object is CustomResourceDefinition =>
  isJsonObject(object) && isJsonObject(object['spec']) && isJsonObject(object['spec']['names'])
