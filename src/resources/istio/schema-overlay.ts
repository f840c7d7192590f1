/** What Istio's CustomResourceDefinitions say beyond the schemas of the npm package. */
import type { Schema } from '../schema.ts'

/** The schema `name` of the package, completed. */
export const istioSchema = (_name: string, schema: Schema): Schema => schema
