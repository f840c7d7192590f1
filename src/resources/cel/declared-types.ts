/** The CEL types of a structural schema (apiserver cel/common SchemaDeclType), and the CEL values of its JSON values. */
import { evaluate, type Environment } from '@marcbachmann/cel-js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../primitives/json-value.ts'
import type { Schema } from '../schema.ts'
import { CelObject, celEqual, dynamicValue } from './cel-values.ts'

import { celIdentifier } from './property-names.ts'

/** How a schema looks to CEL. */
export interface DeclaredType {
  /** As the environment knows it: `string`, `list<int>`, `Object3`. */
  readonly name: string
  readonly valueOf: (value: JsonValue) => unknown
}

const scalar = (name: string, valueOf: (value: JsonValue) => unknown): DeclaredType => ({ name, valueOf })

const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : '')

const TIMESTAMP = 'google.protobuf.Timestamp'

const textType = (format: string | undefined): DeclaredType => {
  switch (format) {
    case 'byte':
      return scalar('bytes', (value) => Buffer.from(textOf(value), 'base64'))
    case 'date':
      return scalar(TIMESTAMP, (value) => evaluate(`timestamp(text + "T00:00:00Z")`, { text: textOf(value) }))
    case 'date-time':
      return scalar(TIMESTAMP, (value) => evaluate('timestamp(text)', { text: textOf(value) }))
    case 'duration':
      return scalar('google.protobuf.Duration', (value) =>
        evaluate('duration(text)', { text: textOf(value) }),
      )
    default:
      return scalar('string', (value) => value)
  }
}

const wholeNumber = (value: JsonValue): unknown =>
  typeof value === 'number' ? BigInt(Math.trunc(value)) : value

const TEXT: Schema = { type: 'string' }

/** The root of a resource shows its type and its names to rules, whatever the schema says of them. */
const withObjectMeta = (schema: Schema): Schema => ({
  ...schema,
  properties: {
    ...schema.properties,
    apiVersion: TEXT,
    kind: TEXT,
    metadata: { type: 'object', properties: { name: TEXT, generateName: TEXT } },
  },
})

/** Declares types in one environment, each with a name of its own. */
export class TypeDeclarations {
  readonly #environment: Environment
  readonly #known = new Map<Schema, DeclaredType | undefined>()
  #count = 0

  constructor(environment: Environment) {
    this.#environment = environment
  }

  /** Undefined for a schema without a type: rules cannot see its values. `isRoot`: the schema of a whole resource. */
  declare(schema: Schema, isRoot: boolean): DeclaredType | undefined {
    if (!this.#known.has(schema)) this.#known.set(schema, this.#declare(schema, isRoot))
    return this.#known.get(schema)
  }

  #declare(schema: Schema, isRoot: boolean): DeclaredType | undefined {
    if (schema['x-kubernetes-int-or-string'] === true) return scalar('dyn', dynamicValue)
    switch (schema.type) {
      case 'array':
        return this.#list(schema)
      case 'object':
        return this.#objectOrMap(isRoot ? withObjectMeta(schema) : schema)
      case 'string':
        return nullable(textType(schema.format))
      case 'integer':
        return nullable(scalar('int', wholeNumber))
      case 'number':
        return nullable(scalar('double', (value) => value))
      case 'boolean':
        return nullable(scalar('bool', (value) => value))
      default:
        return undefined
    }
  }

  #list({ items }: Schema): DeclaredType | undefined {
    const inner =
      items === undefined ? undefined : this.declare(items, items['x-kubernetes-embedded-resource'] === true)
    if (inner === undefined) return undefined
    return nullable(
      scalar(`list<${inner.name}>`, (value) => {
        const list: readonly JsonValue[] = Array.isArray(value) ? value : []
        return list.map(inner.valueOf)
      }),
    )
  }

  #objectOrMap(schema: Schema): DeclaredType | undefined {
    const { additionalProperties } = schema
    if (typeof additionalProperties !== 'object') return this.#object(schema)
    const inner = this.declare(
      additionalProperties,
      additionalProperties['x-kubernetes-embedded-resource'] === true,
    )
    if (inner === undefined) return undefined
    return nullable(
      scalar(
        `map<string, ${inner.name}>`,
        (value) => new Map(Object.entries(objectOf(value)).map(([key, each]) => [key, inner.valueOf(each)])),
      ),
    )
  }

  #object(schema: Schema): DeclaredType {
    const fields = Object.entries(schema.properties ?? {}).flatMap(([property, inner]) => {
      const identifier = celIdentifier(property)
      const type = this.declare(inner, inner['x-kubernetes-embedded-resource'] === true)
      return identifier === undefined || type === undefined ? [] : [{ property, identifier, type }]
    })
    this.#count += 1
    const name = `Object${this.#count}`
    const ctor = class extends CelObject {}
    this.#environment
      .registerType(name, {
        ctor,
        fields: Object.fromEntries(fields.map(({ identifier, type }) => [identifier, type.name])),
      })
      .registerOperator(`${name} == ${name}`, celEqual)
    return nullable(
      scalar(name, (value) => {
        const object = objectOf(value)
        const made = new ctor()
        for (const { property, identifier, type } of fields) {
          const given = object[property]
          if (given !== undefined) made.set(identifier, type.valueOf(given))
        }
        return made
      }),
    )
  }
}

const objectOf = (value: JsonValue): JsonObject => (isJsonObject(value) ? value : {})

const nullable = (type: DeclaredType): DeclaredType => ({
  ...type,
  valueOf: (value) => (value === null ? null : type.valueOf(value)),
})
