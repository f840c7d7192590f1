/** For tests: what is refused of an Istio object, by its schema and by the rules of its kind. */
import { parse } from 'yaml'
import { withoutNulls } from '../../primitives/without-nulls.ts'
import { allKinds } from '../all-kinds.ts'
import type { KubeObject } from '../kube-object.ts'
import { schemaLibrary } from '../schema-library.ts'
import { findUnknownFields } from '../unknown-fields.ts'
import { validateAgainstSchema } from '../validate-schema.ts'

/** The fields below `spec` that are refused of an object in namespace `default`; `spec` is YAML, `{…}` in one line. */
export const refusedFields = (kind: string, spec: string, metadata: object = {}): readonly string[] => {
  const row = allKinds.find((one) => one.kind === kind && one.group.endsWith('.istio.io'))
  const [version = ''] = row?.versions ?? []
  const object = withoutNulls({
    apiVersion: `${row?.group ?? ''}/${version}`,
    kind,
    metadata: { name: 'a', namespace: 'default', ...metadata },
    spec: parse(spec),
  }) as unknown as KubeObject
  const schema = row?.schema(version) ?? {}
  const errors = validateAgainstSchema(schema, schemaLibrary, object)
  const fields = [
    ...findUnknownFields(schema, schemaLibrary, object).map(({ path }) => path),
    ...(errors.length > 0 ? errors : (row?.validate(object) ?? [])).map(({ field }) => field),
  ]
  return [...new Set(fields.map((field) => field.replace(/^spec\.?/, '')))]
}
