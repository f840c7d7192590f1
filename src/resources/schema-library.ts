/** The schemas of all served kinds by name; their text is parsed on first use, so that importing the table stays cheap. */
import { CodedError } from '../primitives/coded-error.ts'
import { definitionSchema } from './apiextensions/definition-schema.ts'
import { schemasText as furtherIstioText } from './generated/further-istio-schemas.ts'
import { appMeshSchemas } from './appmesh/app-mesh-schemas.ts'
import { gatewayApiSchema } from './gateway-api/schema-overlay.ts'
import { schemasText as gatewayApiText } from './generated/gateway-api-schemas.ts'
import { schemasText as istioText } from './generated/istio-schemas.ts'
import { schemasText as kubernetesText } from './generated/kubernetes-schemas.ts'
import { istioSchema, optionalSpecSchema } from './istio/schema-overlay.ts'
import { trafficExtensionSchema } from './istio/traffic-extension-schema.ts'
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

/** What `find` says of a name, asked once for each: an object's every field asks again. */
const remembered = <T>(find: (name: string) => T): ((name: string) => T) => {
  const known = new Map<string, T>()
  return (name) => {
    const earlier = known.get(name)
    if (earlier !== undefined) return earlier
    const found = find(name)
    known.set(name, found)
    return found
  }
}

const ISTIO = /^io\.istio\.(?<group>\w+)\.(?:v1|v1beta1|v1alpha3|v1alpha1)\.(?<kind>\w+)$/

const kubernetesSchemas = once(() => parse(kubernetesText, withListSemantics))
/** Generated from v1; the older versions have the same shape. */
const istioSchemas = once(() => parse(istioText, istioSchema))
/** Those of Istio's other kinds: another text, so that whoever needs none of them does not pay for them. */
const furtherIstioSchemas = once(() => parse(furtherIstioText, optionalSpecSchema))
const trafficExtension = once(() =>
  trafficExtensionSchema(schemaLibrary('io.istio.extensions.v1.WasmPlugin')),
)

const gatewayApiSchemas = once(() => parse(gatewayApiText, gatewayApiSchema))

const GATEWAY_API = /^io\.k8s\.networking\.gateway\.\w+\.(?<kind>\w+)$/

const APP_MESH = /^aws\.k8s\.appmesh\.v1beta2\.(?<kind>\w+)$/

const findIstio = (group: string, kind: string): Schema | undefined => {
  const name = `io.istio.${group}.v1.${kind}`
  if (kind === 'TrafficExtension') return trafficExtension()
  return istioSchemas().get(name) ?? furtherIstioSchemas().get(name)
}

/** Where the schemas of a group's kinds are; all other names are those of Kubernetes' own. */
const libraries: readonly (readonly [
  names: RegExp,
  find: (groups: Readonly<Record<string, string>>) => Schema | undefined,
])[] = [
  [ISTIO, ({ group = '', kind = '' }) => findIstio(group, kind)],
  [GATEWAY_API, ({ kind = '' }) => gatewayApiSchemas().get(`io.k8s.networking.gateway.v1.${kind}`)],
  [APP_MESH, ({ kind = '' }) => appMeshSchemas[kind]],
]

const find = (name: string): Schema | undefined => {
  for (const [names, findIn] of libraries) {
    const groups = names.exec(name)?.groups
    if (groups !== undefined) return findIn(groups)
  }
  return definitionSchema(name) ?? kubernetesSchemas().get(name)
}

export const schemaLibrary: SchemaLibrary = remembered((name) => {
  const schema = find(name)
  if (schema === undefined) {
    throw new CodedError(
      'SCHEMA_UNKNOWN',
      `the schema library holds no ${name}: add its kind to tools/generate-schemas.mjs`,
    )
  }
  return schema
})
