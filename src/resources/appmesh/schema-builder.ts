/** Structural schemas in few words: App Mesh's CustomResourceDefinitions are in no npm package. */
import type { Schema } from '../schema.ts'

/** Fields by name; a name that ends in `!` is required. */
type Fields = Readonly<Record<string, Schema>>

export const described = (description: string, schema: Schema): Schema => ({ ...schema, description })

export const object = (fields: Fields): Schema => {
  const required = Object.keys(fields).flatMap((name) => (name.endsWith('!') ? [name.slice(0, -1)] : []))
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(fields).map(([name, schema]) => [name.replace(/!$/, ''), schema]),
    ),
    ...(required.length === 0 ? {} : { required }),
  }
}

export const list = (items: Schema, bounds: Pick<Schema, 'minItems' | 'maxItems'> = {}): Schema => ({
  type: 'array',
  items,
  ...bounds,
})

export const text = (minLength?: number, maxLength?: number): Schema => ({
  type: 'string',
  ...(minLength === undefined ? {} : { minLength }),
  ...(maxLength === undefined ? {} : { maxLength }),
})

export const oneOf = (...values: readonly string[]): Schema => ({ type: 'string', enum: values })

export const integer = (minimum?: number, maximum?: number): Schema => ({
  type: 'integer',
  format: 'int64',
  ...(minimum === undefined ? {} : { minimum }),
  ...(maximum === undefined ? {} : { maximum }),
})

export const flag: Schema = { type: 'boolean' }

export const textMap: Schema = { type: 'object', additionalProperties: { type: 'string' } }
