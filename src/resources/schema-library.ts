/** The schemas of all served kinds by name; their text is parsed on first use, so that importing the table stays cheap. */
import { CodedError } from '../primitives/coded-error.ts'
import { schemasText as istioText } from './generated/istio-schemas.ts'
import { schemasText as kubernetesText } from './generated/kubernetes-schemas.ts'
import { istioSchema } from './istio/schema-overlay.ts'
import { withListSemantics } from './list-semantics.ts'
import type { Schema, SchemaLibrary } from './schema.ts'

type Schemas = ReadonlyMap<string, Schema>

const parse = (text: string, complete: (name: string, schema: Schema) => Schema): Schemas => {
  const schemas: Readonly<Record<string, Schema>> = JSON.parse(text)
  return new Map(Object.entries(schemas).map(([name, schema]) => [name, complete(name, schema)]))
}

/** A value made when first asked for. */
const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

const ISTIO = /^io\.istio\.networking\.(?:v1|v1beta1|v1alpha3)\.(?<kind>\w+)$/

const kubernetesSchemas = once(() => parse(kubernetesText, withListSemantics))
/** Generated from v1; the older versions have the same shape. */
const istioSchemas = once(() => parse(istioText, istioSchema))

export const schemaLibrary: SchemaLibrary = (name) => {
  const istio = ISTIO.exec(name)?.groups?.['kind']
  const schema =
    istio === undefined
      ? kubernetesSchemas().get(name)
      : istioSchemas().get(`io.istio.networking.v1.${istio}`)
  if (schema === undefined) {
    throw new CodedError(
      'SCHEMA_UNKNOWN',
      `the schema library holds no ${name}: add its kind to tools/generate-schemas.mjs`,
    )
  }
  return schema
}
