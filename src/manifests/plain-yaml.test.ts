import { fc } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { brokenManifest, originals } from './broken-manifest.conformance.ts'
import { parseFully, parseManifests } from './parse-manifests.ts'
import { readPlainYaml } from './plain-yaml.ts'

const SEED = 20_260_102

const same = (text: string): void => {
  const plain = readPlainYaml(text)
  if (plain === undefined) return
  const full = parseFully(text, 'a.yaml')
  const read = parseManifests(text, 'a.yaml')
  expect(read.errors).toEqual(full.errors)
  expect(read.objects.map(({ object }) => object)).toEqual(full.objects.map(({ object }) => object))
  expect(read.objects.map(({ positionOf }) => positionOf('metadata.name'))).toEqual(
    full.objects.map(({ positionOf }) => positionOf('metadata.name')),
  )
}

/** Values of every kind, as they may stand behind a key. */
const value = fc.oneof(
  fc.constantFrom(
    ...'1 01 0x1 0o7 1e3 1.5 .5 1_000 12:30 2001-01-01 ~ null Null true True yes on y -1 - -a +1 .inf .nan a:b a: #c a#b "a" \'a\' "a\\n" [a] [a, b] [1,2] [] {} {a: 1} {a: {b: []}} {a:1} [a,] "*" * & ! | > @a `a 10s 128Mi v1.2.3 1.2.3.4 /a ./b a,b a]b ? <<'.split(
      ' ',
    ),
    'a b',
    'a # c',
    '"a" # c',
    "'it''s'",
    '"a: b"',
    'a "b"',
    '[a, "b c", {d: e f}]',
    '{a: b, a: c}',
    "{'a': b}",
    '[a b, c]',
    '',
  ),
  fc.string({ maxLength: 6 }),
)

describe('plain YAML', () => {
  test('is most of the examples', () => {
    const plain = originals.filter((text) => readPlainYaml(text) !== undefined)
    expect(plain.length).toBeGreaterThan(originals.length / 2)
  })

  test('means what the full parser reads, in whatever is left of a broken manifest', () => {
    fc.assert(fc.property(brokenManifest, same), { seed: SEED, numRuns: 400 })
  })

  test('values mean what the full parser reads', () => {
    const text = fc
      .array(
        fc.tuple(fc.constantFrom('  a: ', '  - ', '  b:\n    c: ', '  - d: ', '  -   e: ', '  '), value),
        { maxLength: 5 },
      )
      .map((lines) => `apiVersion: v1\nkind: A\nspec:\n${lines.map((parts) => parts.join('')).join('\n')}\n`)
    fc.assert(fc.property(text, same), { seed: SEED, numRuns: 4000 })
  })

  test.each([
    'a: 1\n\tb: 2',
    'a: &x 1',
    'a: |\n  b',
    'a: "b\n  c"',
    'a: [b,\n  c]',
    'a: b\n  c',
    '- a',
    'a: 1\na: 2',
    '__proto__: 1',
  ])('%j is not plain', (text) => {
    expect(readPlainYaml(text)).toBeUndefined()
  })
})
