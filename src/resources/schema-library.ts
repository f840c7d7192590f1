/** The schemas of all served kinds by name; parsed on first use. */
import { CodedError } from '../primitives/coded-error.ts'
import type { Schema, SchemaLibrary } from './schema.ts'

const noSchemas: Readonly<Record<string, Schema>> = {}

export const schemaLibrary: SchemaLibrary = (name) => {
  const schema = noSchemas[name]
  if (schema === undefined) throw new CodedError('SCHEMA_UNKNOWN', `the schema library holds no ${name}`)
  return schema
}
