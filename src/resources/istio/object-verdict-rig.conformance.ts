/** For tests: what is refused of an Istio object, by its schema and by the rules of its kind, and what it is warned of. */
import { parse } from 'yaml'
import { withoutNulls } from '../../primitives/without-nulls.ts'
import { allKinds } from '../all-kinds.ts'
import type { Kind } from '../kind.ts'
import type { KubeObject } from '../kube-object.ts'
import { schemaLibrary } from '../schema-library.ts'
import { findUnknownFields } from '../unknown-fields.ts'
import { validateAgainstSchema } from '../validate-schema.ts'

interface Judged {
  readonly row: Kind | undefined
  readonly version: string
  readonly object: KubeObject
}

/** An object in namespace `default`; `spec` is YAML, `{…}` in one line. */
const read = (kind: string, spec: string, metadata: object): Judged => {
  const row = allKinds.find((one) => one.kind === kind && one.group.endsWith('.istio.io'))
  const [version = ''] = row?.versions ?? []
  const object = withoutNulls({
    apiVersion: `${row?.group ?? ''}/${version}`,
    kind,
    metadata: { name: 'a', namespace: 'default', ...metadata },
    spec: parse(spec),
  }) as unknown as KubeObject
  return { row, version, object }
}

/** `field: message` of what an accepted object is warned of. */
export const warnings = (kind: string, spec: string): readonly string[] => {
  const { row, object } = read(kind, spec, {})
  return (row?.advice?.(object) ?? []).map(({ field, message }) => `${field}: ${message}`)
}

/** The fields below `spec` that are refused. */
export const refusedFields = (kind: string, spec: string, metadata: object = {}): readonly string[] => {
  const { row, version, object } = read(kind, spec, metadata)
  const schema = row?.schema(version) ?? {}
  const errors = validateAgainstSchema(schema, schemaLibrary, object)
  const fields = [
    ...findUnknownFields(schema, schemaLibrary, object).map(({ path }) => path),
    ...(errors.length > 0 ? errors : (row?.validate(object) ?? [])).map(({ field }) => field),
  ]
  return [...new Set(fields.map((field) => field.replace(/^spec\.?/, '')))]
}
