/** The schemas of CustomResourceDefinition and its parts, by their names in Kubernetes' OpenAPI document. */
import type { Schema } from '../schema.ts'

const BASE = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1'
const ref = (name: string, description = ''): Schema => ({
  $ref: `${BASE}.${name}`,
  ...(description === '' ? {} : { description }),
})
const text = (description: string): Schema => ({ type: 'string', description })
const flag = (description: string): Schema => ({ type: 'boolean', description })
const int32 = (description: string): Schema => ({ type: 'integer', format: 'int32', description })
const int64: Schema = { type: 'integer', format: 'int64' }
const double: Schema = { type: 'number', format: 'double' }
const listOf = (items: Schema, description: string, type: 'atomic' | 'map' = 'atomic', key = ''): Schema => ({
  type: 'array',
  items,
  description,
  'x-kubernetes-list-type': type,
  ...(type === 'map'
    ? {
        'x-kubernetes-list-map-keys': [key],
        'x-kubernetes-patch-merge-key': key,
        'x-kubernetes-patch-strategy': 'merge',
      }
    : {}),
})
const texts = (description: string): Schema => listOf({ type: 'string' }, description)
const object = (
  description: string,
  properties: Readonly<Record<string, Schema>>,
  ...required: readonly string[]
): Schema => ({
  type: 'object',
  description,
  properties,
  ...(required.length === 0 ? {} : { required }),
})

const anything: Schema = {
  description:
    'JSON represents any valid JSON value. These types are supported: bool, int64, float64, string, []interface{}, map[string]interface{} and nil.',
  'x-kubernetes-preserve-unknown-fields': true,
}

const schemaProps = ref('JSONSchemaProps')
const schemasByName: Schema = { type: 'object', additionalProperties: schemaProps }
const schemaList = listOf(schemaProps, '')

const jsonSchemaProps = object(
  'JSONSchemaProps is a JSON-Schema following Specification Draft 4 (http://json-schema.org/).',
  {
    $ref: { type: 'string' },
    $schema: { type: 'string' },
    additionalItems: ref('JSONSchemaPropsOrBool'),
    additionalProperties: ref('JSONSchemaPropsOrBool'),
    allOf: schemaList,
    anyOf: schemaList,
    default: {
      ...anything,
      description:
        'default is a default value for undefined object fields. Defaulting requires spec.preserveUnknownFields to be false.',
    },
    definitions: schemasByName,
    dependencies: { type: 'object', additionalProperties: anything },
    description: { type: 'string' },
    enum: listOf(anything, ''),
    example: anything,
    exclusiveMaximum: { type: 'boolean' },
    exclusiveMinimum: { type: 'boolean' },
    externalDocs: object(
      'ExternalDocumentation allows referencing an external resource for extended documentation.',
      {
        description: { type: 'string' },
        url: { type: 'string' },
      },
    ),
    format: text(
      'format is an OpenAPI v3 format string. Unknown formats are ignored. Validated are: uri, email, hostname, ipv4, ipv6, cidr, mac, uuid, uuid3, uuid4, uuid5, byte, date, duration and datetime.',
    ),
    id: { type: 'string' },
    items: ref('JSONSchemaProps'),
    maxItems: int64,
    maxLength: int64,
    maxProperties: int64,
    maximum: double,
    minItems: int64,
    minLength: int64,
    minProperties: int64,
    minimum: double,
    multipleOf: double,
    not: schemaProps,
    nullable: { type: 'boolean' },
    oneOf: schemaList,
    pattern: { type: 'string' },
    patternProperties: schemasByName,
    properties: schemasByName,
    required: texts(''),
    title: { type: 'string' },
    type: { type: 'string' },
    uniqueItems: { type: 'boolean' },
    'x-kubernetes-embedded-resource': flag(
      'x-kubernetes-embedded-resource defines that the value is an embedded Kubernetes runtime.Object, with TypeMeta and ObjectMeta. The type must be object.',
    ),
    'x-kubernetes-int-or-string': flag(
      'x-kubernetes-int-or-string specifies that this value is either an integer or a string. If this is true, an empty type is allowed.',
    ),
    'x-kubernetes-list-map-keys': texts(
      'x-kubernetes-list-map-keys annotates an array with the x-kubernetes-list-type `map` by specifying the keys used as the index of the map.',
    ),
    'x-kubernetes-list-type': text(
      'x-kubernetes-list-type annotates an array to further describe its topology: atomic (the default), set or map.',
    ),
    'x-kubernetes-map-type': text(
      'x-kubernetes-map-type annotates an object to further describe its topology: granular (the default) or atomic.',
    ),
    'x-kubernetes-preserve-unknown-fields': flag(
      'x-kubernetes-preserve-unknown-fields stops the API server decoding step from pruning fields which are not specified in the validation schema.',
    ),
    'x-kubernetes-validations': listOf(
      ref('ValidationRule'),
      'x-kubernetes-validations describes a list of validation rules written in the CEL expression language.',
      'map',
      'rule',
    ),
  },
)

const validationRule = object(
  'ValidationRule describes a validation rule written in the CEL expression language.',
  {
    fieldPath: text('fieldPath represents the field path returned when the validation fails.'),
    message: text(
      'Message represents the message displayed when validation fails. The message is required if the Rule contains line breaks.',
    ),
    messageExpression: text(
      'MessageExpression declares a CEL expression that evaluates to the validation failure message that is returned when this rule fails.',
    ),
    optionalOldSelf: flag(
      'optionalOldSelf is used to opt a transition rule into evaluation even when the object is first created, or if the old object is missing the value.',
    ),
    reason: text('reason provides a machine-readable validation failure reason.'),
    rule: text(
      'Rule represents the expression which will be evaluated by CEL. The `self` variable is bound to the scoped value.',
    ),
  },
  'rule',
)

const names = object(
  'CustomResourceDefinitionNames indicates the names to serve this CustomResourceDefinition',
  {
    categories: texts(
      'categories is a list of grouped resources this custom resource belongs to (e.g. `all`).',
    ),
    kind: text('kind is the serialized kind of the resource. It is normally CamelCase and singular.'),
    listKind: text('listKind is the serialized kind of the list for this resource. Defaults to `kind`List.'),
    plural: text(
      'plural is the plural name of the resource to serve. Must match the name of the CustomResourceDefinition (in the form `<names.plural>.<group>`). Must be all lowercase.',
    ),
    shortNames: texts('shortNames are short names for the resource, exposed in API discovery documents.'),
    singular: text(
      'singular is the singular name of the resource. It must be all lowercase. Defaults to lowercased `kind`.',
    ),
  },
  'plural',
  'kind',
)

const version = object(
  'CustomResourceDefinitionVersion describes a version for CRD.',
  {
    additionalPrinterColumns: listOf(
      ref('CustomResourceColumnDefinition'),
      'additionalPrinterColumns specifies additional columns returned in Table output.',
    ),
    deprecated: flag('deprecated indicates this version of the custom resource API is deprecated.'),
    deprecationWarning: text('deprecationWarning overrides the default warning returned to API clients.'),
    name: text('name is the version name, e.g. `v1`, `v2beta1`, etc.'),
    schema: object(
      'schema describes the schema used for validation, pruning, and defaulting of this version.',
      {
        openAPIV3Schema: ref(
          'JSONSchemaProps',
          'openAPIV3Schema is the OpenAPI v3 schema to use for validation and pruning.',
        ),
      },
    ),
    selectableFields: listOf(
      object(
        'SelectableField specifies the JSON path of a field that may be used with field selectors.',
        { jsonPath: text('jsonPath is a simple JSON path, such as .spec.color.') },
        'jsonPath',
      ),
      'selectableFields specifies paths to fields that may be used as field selectors.',
    ),
    served: flag('served is a flag enabling/disabling this version from being served via REST APIs'),
    storage: flag(
      'storage indicates this version should be used when persisting custom resources. There must be exactly one version with storage=true.',
    ),
    subresources: object(
      'subresources specify what subresources this version of the defined custom resource have.',
      {
        scale: object(
          'scale indicates the custom resource should serve a `/scale` subresource that returns an `autoscaling/v1` Scale object.',
          {
            labelSelectorPath: text(
              'labelSelectorPath defines the JSON path inside of a custom resource that corresponds to Scale `status.selector`.',
            ),
            specReplicasPath: text(
              'specReplicasPath defines the JSON path inside of a custom resource that corresponds to Scale `spec.replicas`.',
            ),
            statusReplicasPath: text(
              'statusReplicasPath defines the JSON path inside of a custom resource that corresponds to Scale `status.replicas`.',
            ),
          },
          'specReplicasPath',
          'statusReplicasPath',
        ),
        status: {
          type: 'object',
          description: 'status indicates the custom resource should serve a `/status` subresource.',
        },
      },
    ),
  },
  'name',
  'served',
  'storage',
)

const column = object(
  'CustomResourceColumnDefinition specifies a column for server side printing.',
  {
    description: text('description is a human readable description of this column.'),
    format: text('format is an optional OpenAPI type definition for this column.'),
    jsonPath: text(
      'jsonPath is a simple JSON path (i.e. with array notation) which is evaluated against each custom resource.',
    ),
    name: text('name is a human readable name for the column.'),
    priority: int32(
      'priority is an integer defining the relative importance of this column compared to others.',
    ),
    type: text('type is an OpenAPI type definition for this column.'),
  },
  'name',
  'type',
  'jsonPath',
)

const spec = object(
  'CustomResourceDefinitionSpec describes how a user wants their resource to appear',
  {
    conversion: object(
      'conversion defines conversion settings for the CRD.',
      {
        strategy: text(
          'strategy specifies how custom resources are converted between versions. `None` only changes the apiVersion.',
        ),
        webhook: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
      'strategy',
    ),
    group: text('group is the API group of the defined custom resource.'),
    names: ref(
      'CustomResourceDefinitionNames',
      'names specify the resource and kind names for the custom resource.',
    ),
    preserveUnknownFields: flag('preserveUnknownFields is deprecated; it must be false.'),
    scope: {
      ...text('scope indicates whether the defined custom resource is cluster- or namespace-scoped.'),
      enum: ['Cluster', 'Namespaced'],
    },
    versions: listOf(
      ref('CustomResourceDefinitionVersion'),
      'versions is the list of all API versions of the defined custom resource.',
    ),
  },
  'group',
  'names',
  'scope',
  'versions',
)

const condition = object(
  'CustomResourceDefinitionCondition contains details for the current condition of this pod.',
  {
    lastTransitionTime: {
      type: 'string',
      format: 'date-time',
      description: 'lastTransitionTime last time the condition transitioned from one status to another.',
    },
    message: text('message is a human-readable message indicating details about last transition.'),
    reason: text("reason is a unique, one-word, CamelCase reason for the condition's last transition."),
    status: text('status is the status of the condition. Can be True, False, Unknown.'),
    type: text(
      'type is the type of the condition. Types include Established, NamesAccepted and Terminating.',
    ),
  },
  'type',
  'status',
)

const status = object('CustomResourceDefinitionStatus indicates the state of the CustomResourceDefinition', {
  acceptedNames: ref(
    'CustomResourceDefinitionNames',
    'acceptedNames are the names that are actually being used to serve discovery.',
  ),
  conditions: listOf(
    ref('CustomResourceDefinitionCondition'),
    'conditions indicate state for particular aspects of a CustomResourceDefinition',
    'map',
    'type',
  ),
  storedVersions: texts('storedVersions lists all versions of CustomResources that were ever persisted.'),
})

const definition = object(
  'CustomResourceDefinition represents a resource that should be exposed on the API server. Its name MUST be in the format <.spec.name>.<.spec.group>.',
  {
    apiVersion: text('APIVersion defines the versioned schema of this representation of an object.'),
    kind: text('Kind is a string value representing the REST resource this object represents.'),
    metadata: {
      $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
      description: "Standard object's metadata",
    },
    spec: ref('CustomResourceDefinitionSpec', 'spec describes how the user wants the resources to appear'),
    status: ref(
      'CustomResourceDefinitionStatus',
      'status indicates the actual state of the CustomResourceDefinition',
    ),
  },
  'spec',
)

const schemas: Readonly<Record<string, Schema>> = {
  CustomResourceDefinition: definition,
  CustomResourceDefinitionSpec: spec,
  CustomResourceDefinitionStatus: status,
  CustomResourceDefinitionCondition: condition,
  CustomResourceDefinitionNames: names,
  CustomResourceDefinitionVersion: version,
  CustomResourceColumnDefinition: column,
  JSONSchemaProps: jsonSchemaProps,
  JSONSchemaPropsOrBool: {
    description: 'JSONSchemaPropsOrBool represents JSONSchemaProps or a boolean value.',
    'x-kubernetes-preserve-unknown-fields': true,
  },
  ValidationRule: validationRule,
}

/** The schema of a name below `io.k8s.apiextensions-apiserver`; undefined for others. */
export const definitionSchema = (name: string): Schema | undefined => {
  const part = name.startsWith(`${BASE}.`) ? name.slice(BASE.length + 1) : ''
  return Object.hasOwn(schemas, part) ? schemas[part] : undefined
}
