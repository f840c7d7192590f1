import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { allKinds } from '../all-kinds.ts'
import { formatFieldError } from '../field-error.ts'
import type { Kind } from '../kind.ts'
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
  readonly warning?: string
}

const load = (): readonly Case[] =>
  existsSync(folder) ? JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) : []

const findIstioKind = (kind: string): Kind | undefined =>
  allKinds.find((row) => row.kind === kind && row.group.endsWith('.istio.io'))

const cases = load()
const served = cases.filter(({ kind }) => findIstioKind(kind) !== undefined)

const complaints = (object: KubeObject): readonly string[] => {
  const kind = findIstioKind(object.kind)
  if (kind === undefined) return ['no such kind']
  const schema = kind.schema(object.apiVersion.split('/')[1] ?? '')
  const errors = validateAgainstSchema(schema, schemaLibrary, object)
  return [
    ...findUnknownFields(schema, schemaLibrary, object).map(({ message }) => message),
    // Semantic checks trust the types, as admission has it.
    ...(errors.length > 0 ? errors : kind.validate(object)).map(formatFieldError),
  ]
}

const advised = (object: KubeObject): readonly string[] => [
  ...new Set((findIstioKind(object.kind)?.advice?.(object) ?? []).map(({ message }) => message)),
]

/** One warning, or `2 errors occurred:` and a line for each. */
const warningsOf = ({ warning = '' }: Case): readonly string[] =>
  warning.includes(' errors occurred:')
    ? [
        ...new Set(
          warning
            .split('\n\t* ')
            .slice(1)
            .map((line) => line.trimEnd()),
        ),
      ]
    : [warning].filter((line) => line !== '')

const trimmed = (texts: readonly string[]): readonly string[] => texts.map((text) => text.trimEnd()).sort()

describe.skipIf(served.length === 0)("Istio's own verdicts", () => {
  const passed = new Set<string>()
  test.each(served)('$id', (row) => {
    const object: KubeObject = parse(readFileSync(join(folder, row.file), 'utf8'))
    const found = complaints(object)
    if (row.valid) {
      expect(found).toEqual([])
      expect(trimmed(advised(object))).toEqual(trimmed(warningsOf(row)))
    } else expect(found, `Istio says ${String(row.webhook_errors)}`).not.toEqual([])
    passed.add(row.id)
  })
  afterAll(() => {
    const rest = cases.filter((one) => !served.includes(one))
    const kinds = [...new Set(rest.map(({ kind }) => `  ${kind}: no such kind`))]
    const counts = `${passed.size} passed, ${served.length - passed.size} failed, ${rest.length} not served`
    console.log([`validation: ${counts}`, ...kinds].join('\n'))
  })
})
