import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseManifests } from '../manifests/parse-manifests.ts'
import { isJsonObject } from '../primitives/json-value.ts'
import { analyze } from './analyze.ts'
import { originOf } from './finding.ts'
import type { Finding } from './finding.ts'
import { createObjectSet } from './object-set.ts'

/** What Istio's own analyzers say, as data; there when the folder `shared` lies beside the checkout. */
const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../shared/conformance/analyzers')

interface Said {
  readonly code: string
  readonly origin: string
  readonly reference?: string
}

interface Case {
  readonly id: string
  readonly relevance: string
  readonly analyzer: string
  readonly input_files: readonly string[]
  readonly mesh_config?: string
  readonly expected: readonly Said[]
  readonly expected_full?: readonly Said[]
  readonly all_analyzers: readonly Said[]
}

/** Analyzers of parts that Weft has not, and why. */
const notServed: Readonly<Record<string, string>> = {
  'annotations.AlphaAnalyzer': 'Istio itself does not run it',
  'meshnetworks.MeshNetworksAnalyzer': 'multi-cluster is not served',
}

const load = (): readonly Case[] =>
  existsSync(folder) ? JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) : []

const read = (file: string): string => readFileSync(join(folder, file), 'utf8')

const findingsOf = ({ input_files, mesh_config }: Case, defaultNamespace: string): readonly Finding[] => {
  const manifests = ['default-ingress.yaml', ...input_files].flatMap(
    (file) => parseManifests(read(file), file).objects,
  )
  const meshConfig: unknown = mesh_config === undefined ? {} : parse(read(mesh_config))
  return analyze(
    createObjectSet(manifests, {
      defaultNamespace,
      meshConfig: isJsonObject(meshConfig) ? meshConfig : {},
    }),
  )
}

const keyOf = (said: Said): string => `${said.code} ${said.origin}`

const saidBy = (findings: readonly Finding[]): readonly string[] => [
  ...new Set(findings.map((found) => `${found.code} ${originOf(found.subject)}`)),
]

const cases = load()
const served = cases.filter(({ analyzer }) => notServed[analyzer] === undefined)

describe.skipIf(cases.length === 0)("Istio's own analyzers", () => {
  const passed = new Set<string>()
  test.each(served)('$id', (one) => {
    const findings = findingsOf(one, '')
    const said = saidBy(findings)
    expect(said).toEqual(expect.arrayContaining(one.expected.map(keyOf)))
    const known = new Set(one.all_analyzers.map(keyOf))
    expect(said.filter((text) => text.startsWith('IST') && !known.has(text))).toEqual([])
    passed.add(one.id)
  })
  test.each(served)('$id says the same where objects without a namespace live in default', (one) => {
    const said = saidBy(findingsOf(one, 'default'))
    expect(said).toEqual(expect.arrayContaining(one.expected.map(keyOf)))
  })
  afterAll(() => {
    const rest = cases.filter(({ analyzer }) => notServed[analyzer] !== undefined)
    const reasons = rest.map(({ id, analyzer }) => `  ${id}: ${notServed[analyzer] ?? ''}`)
    console.log(
      [
        `analyzers: ${passed.size} passed, ${served.length - passed.size} failed, ${rest.length} not served`,
        ...reasons,
      ].join('\n'),
    )
  })
})
