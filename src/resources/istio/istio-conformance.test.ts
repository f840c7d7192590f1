import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { allKinds, findKindByName } from '../all-kinds.ts'
import { formatFieldError } from '../field-error.ts'
import type { KubeObject } from '../kube-object.ts'
import { schemaLibrary } from '../schema-library.ts'
import { findUnknownFields } from '../unknown-fields.ts'
import { validateAgainstSchema } from '../validate-schema.ts'

/** What Istio's own code answers, as data; there when the folder `shared` lies beside the checkout. */
const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../../shared/conformance/validation')

interface Case {
  readonly id: string
  readonly kind: string
  readonly relevance: string
  readonly valid: boolean
  readonly file: string
  readonly webhook_errors?: readonly string[]
}

const load = (): readonly Case[] =>
  existsSync(folder) ? JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) : []

const served = load().filter(
  ({ kind, relevance }) =>
    relevance === 'core' && findKindByName(allKinds, 'networking.istio.io', kind) !== undefined,
)

const complaints = (object: KubeObject): readonly string[] => {
  const kind = findKindByName(allKinds, 'networking.istio.io', object.kind)
  if (kind === undefined) return ['no such kind']
  const schema = kind.schema(object.apiVersion.split('/')[1] ?? '')
  return [
    ...validateAgainstSchema(schema, schemaLibrary, object).map(formatFieldError),
    ...findUnknownFields(schema, schemaLibrary, object).map(({ message }) => message),
    ...kind.validate(object).map(formatFieldError),
  ]
}

describe.skipIf(served.length === 0)("Istio's own verdicts", () => {
  test.each(served)('$id', ({ file, valid, webhook_errors }) => {
    const found = complaints(parse(readFileSync(join(folder, file), 'utf8')))
    if (valid) expect(found).toEqual([])
    else expect(found, `Istio says ${String(webhook_errors)}`).not.toEqual([])
  })
})
